// The outline of a course: drag by the handle (mouse or finger), or Alt+Up / Alt+Down; one save for the whole order.
// Without this file the arrows save each move by themselves.
(function () {
  "use strict";
  var doc = document;
  var form = doc.querySelector("[data-outline]");
  if (!form || !form.querySelector("[data-grip]")) return;
  var bar = form.querySelector("[data-bar]");
  var told = form.querySelector("[data-told]");
  var changed = false;

  function all(selector, root) { return Array.prototype.slice.call((root || form).querySelectorAll(selector)); }
  function sections() { return all(".outline-section[data-token]"); }
  function rows() { return all(".outline-lesson"); }
  function lists() { return all("[data-lessons]"); }
  function say(text) { told.textContent = text; }

  function mark() {
    changed = true;
    bar.hidden = false;
    lists().forEach(function (list) {
      var note = list.parentNode.querySelector("[data-empty]");
      if (note) note.hidden = list.children.length > 0;
    });
  }
  if ("changed" in form.dataset) mark();

  // --- one step --------------------------------------------------------------------------------------------------
  function step(item, by) {
    var lesson = item.classList.contains("outline-lesson");
    var peers = lesson ? rows() : sections();
    var moved = lesson ? stepLesson(item, by) : stepSection(item, peers, by);
    if (!moved) {
      say(by < 0 ? form.dataset.toldFirst : form.dataset.toldLast);
      return;
    }
    mark();
    peers = lesson ? rows() : sections();
    say(form.dataset.toldMoved.replace("%n", peers.indexOf(item) + 1));
  }
  function stepLesson(row, by) {
    var beside = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    var list = row.parentNode;
    if (beside) {
      list.insertBefore(by < 0 ? row : beside, by < 0 ? beside : row);
      return true;
    }
    var every = lists();
    var next = every[every.indexOf(list) + by];
    if (!next) return false;
    next.insertBefore(row, by < 0 ? null : next.firstElementChild);
    return true;
  }
  function stepSection(section, peers, by) {
    var beside = peers[peers.indexOf(section) + by];
    if (!beside) return false;
    section.parentNode.insertBefore(by < 0 ? section : beside, by < 0 ? beside : section);
    return true;
  }
  form.addEventListener("click", function (event) {
    var button = event.target instanceof Element && event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    step(button.closest("[data-token]"), Number(button.dataset.move));
    button.focus();
  });
  form.addEventListener("keydown", function (event) {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    var item = event.target instanceof Element && event.target.closest("[data-token]");
    if (!item) return;
    event.preventDefault();
    var focused = doc.activeElement;
    step(item, event.key === "ArrowUp" ? -1 : 1);
    focused.focus();
  });

  // --- dragging --------------------------------------------------------------------------------------------------
  var held = null;
  form.addEventListener("pointerdown", function (event) {
    var grip = event.target instanceof Element && event.target.closest("[data-grip]");
    if (!grip || event.button > 0) return;
    event.preventDefault();
    held = grip.closest("[data-token]");
    held.classList.add("is-held");
    form.setPointerCapture(event.pointerId); // not the handle: moving it in the page would let the pointer go
  });
  form.addEventListener("pointermove", function (event) {
    if (!held) return;
    if (event.clientY < 60) window.scrollBy(0, -12);
    if (event.clientY > window.innerHeight - 60) window.scrollBy(0, 12);
    if (held.classList.contains("outline-lesson")) dragLesson(event.clientY);
    else dragSection(event.clientY);
  });
  function dragLesson(y) {
    var list = lists().filter(function (one) {
      var box = one.parentNode.getBoundingClientRect();
      return y >= box.top && y <= box.bottom;
    })[0];
    if (!list) return;
    var before = all(".outline-lesson", list).filter(function (row) {
      if (row === held) return false;
      var box = row.getBoundingClientRect();
      return y < box.top + box.height / 2;
    })[0] || null;
    if (before === held.nextElementSibling && held.parentNode === list) return;
    if (before === null && list.lastElementChild === held) return;
    list.insertBefore(held, before);
    mark();
  }
  function dragSection(y) {
    var peers = sections().filter(function (one) { return one !== held; });
    var before = peers.filter(function (one) {
      var box = one.getBoundingClientRect();
      return y < box.top + Math.min(box.height / 2, 40);
    })[0] || null;
    var after = peers.length && !before ? peers[peers.length - 1].nextElementSibling : before;
    if (after === held || held.nextElementSibling === before) return;
    held.parentNode.insertBefore(held, before || peers[peers.length - 1].nextSibling);
    mark();
  }
  function drop() {
    if (!held) return;
    held.classList.remove("is-held");
    held = null;
  }
  form.addEventListener("pointerup", drop);
  form.addEventListener("pointercancel", drop);

  // --- leaving ---------------------------------------------------------------------------------------------------
  form.addEventListener("submit", function () { changed = false; });
  var undo = form.querySelector("[data-undo]");
  undo.addEventListener("click", function () { changed = false; });
  window.addEventListener("beforeunload", function (event) {
    if (!changed) return;
    event.preventDefault();
    event.returnValue = "";
  });
})();
