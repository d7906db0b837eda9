// The editor: buttons that insert a block at the cursor, a copy of what is written in this browser every few seconds,
// a preview that goes on without the server, and saving that says so when the server can't be reached.
(function () {
  "use strict";
  var doc = document;
  var form = doc.querySelector("form.editor");
  var text = doc.getElementById("body");
  if (!form || !text) return;

  // --- inserting -------------------------------------------------------------------------------------------------
  doc.addEventListener("click", function (event) {
    var button = event.target instanceof Element && event.target.closest("[data-insert]");
    if (!button) return;
    var piece = button.dataset.insert;
    var start = text.selectionStart;
    var before = text.value.slice(0, start);
    if (before && before.slice(-1) !== "\n") piece = "\n" + piece;
    text.focus();
    text.setRangeText(piece, start, text.selectionEnd, "end");
    // The cursor goes where the first word is missing.
    var gap = piece.search(/[:：] ?\n|\n\n/);
    if (gap > 0) text.selectionStart = text.selectionEnd = start + gap + (piece[gap] === "\n" ? 1 : 1 + (piece[gap + 1] === " " ? 1 : 0));
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // --- the copy in this browser ----------------------------------------------------------------------------------
  var KEY = form.dataset.draftKey;
  var BASE = Number(form.dataset.base || 0);
  var DAYS = 14;
  var SKIPPED = { csrf_token: 1, base: 1, type: 1, course_id: 1, module_id: 1, then: 1 };
  var changed = false;
  var kept = form.querySelector("[data-kept]");

  function store(name, value) {
    try {
      if (value === null) window.localStorage.removeItem(name);
      else window.localStorage.setItem(name, JSON.stringify(value));
      return true;
    } catch (error) { return false; } // private windows and full disks: the warning before leaving remains
  }
  function stored(name) {
    try { return JSON.parse(window.localStorage.getItem(name)); } catch (error) { return null; }
  }
  function fields() {
    var out = [];
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && !SKIPPED[name]) out.push([name, value.replace(/\r\n/g, "\n")]);
    });
    return out;
  }
  function clock(at) {
    var day = new Date(at);
    function two(n) { return (n < 10 ? "0" : "") + n; }
    var time = two(day.getHours()) + ":" + two(day.getMinutes());
    return day.toDateString() === new Date().toDateString() ? time : (day.getMonth() + 1) + "-" + two(day.getDate()) + " " + time;
  }
  var dirty = false;
  function keep(sent) {
    if (!dirty && !sent) return;
    dirty = false;
    if (store(KEY, { at: Date.now(), base: BASE, fields: fields(), sent: Boolean(sent) }) && kept) {
      kept.textContent = kept.dataset.text.replace("%t", clock(Date.now()));
    }
  }
  function touched() { changed = dirty = true; }
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  window.setInterval(keep, 3000);
  doc.addEventListener("visibilitychange", function () { if (doc.hidden) keep(); });
  window.addEventListener("pagehide", function () { keep(); });

  function restore(list) {
    Array.prototype.forEach.call(form.elements, function (element) {
      if (!element.name || SKIPPED[element.name] || element.type === "file" || element.type === "submit") return;
      var values = list.filter(function (pair) { return pair[0] === element.name; }).map(function (pair) { return pair[1]; });
      if (element.type === "checkbox" || element.type === "radio") element.checked = values.indexOf(element.value) >= 0;
      else if (values.length) element.value = values[0];
      else return;
      element.dispatchEvent(new Event("change", { bubbles: true }));
    });
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What was sent and is saved by now needs no copy any more; the page after a first save has another key.
  var last = null;
  try { last = window.sessionStorage.getItem("kefu-lesson-sent"); window.sessionStorage.removeItem("kefu-lesson-sent"); } catch (error) { last = null; }
  if (last && last !== KEY && BASE && !("errors" in form.dataset)) store(last, null);

  var bar = doc.querySelector("[data-restore]");
  var copy = stored(KEY);
  if (copy && copy.fields) {
    var saved = copy.sent && BASE > copy.base;
    var same = JSON.stringify(copy.fields) === JSON.stringify(fields());
    if (saved || same || Date.now() - copy.at > DAYS * 86400000) store(KEY, null);
    else if (bar) {
      var told = bar.querySelector("[data-restore-text]");
      told.textContent = told.dataset.text.replace("%t", clock(copy.at)) + (copy.base < BASE ? " " + told.dataset.older : "");
      bar.hidden = false;
      bar.querySelector("[data-restore-take]").addEventListener("click", function () {
        restore(copy.fields);
        bar.hidden = true;
        text.focus();
      });
      bar.querySelector("[data-restore-drop]").addEventListener("click", function () {
        store(KEY, null);
        bar.hidden = true;
      });
    }
  }

  // --- the preview without the server ----------------------------------------------------------------------------
  var preview = doc.getElementById("preview");
  var local = doc.querySelector("[data-local]");
  function showLocally() {
    var html = window.kefuOfflineMarkdown ? window.kefuOfflineMarkdown(text.value) : "";
    if (preview && html) preview.innerHTML = html;
    if (local) local.hidden = false;
  }
  text.addEventListener("htmx:sendError", showLocally);
  text.addEventListener("htmx:timeout", showLocally);
  text.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.successful && local) { local.hidden = true; offline(false); }
  });

  // --- saving ----------------------------------------------------------------------------------------------------
  var note = doc.querySelector("[data-unreachable]");
  var sure = false;
  function offline(gone) {
    if (!note) return;
    note.hidden = !gone;
    if (gone) note.scrollIntoView({ block: "nearest" });
  }
  form.addEventListener("submit", function (event) {
    keep(true);
    if (sure || !window.fetch) {
      changed = false;
      try { window.sessionStorage.setItem("kefu-lesson-sent", KEY); } catch (error) { sure = false; }
      return;
    }
    // Without a server the browser would leave the page for an error of its own, so it is asked first.
    event.preventDefault();
    var button = event.submitter || null;
    var abort = new AbortController();
    var patience = window.setTimeout(function () { abort.abort(); }, 6000);
    window.fetch(form.dataset.ping, { method: "HEAD", cache: "no-store", signal: abort.signal }).then(function () {
      window.clearTimeout(patience);
      offline(false);
      sure = true;
      form.requestSubmit(button);
      sure = false;
    }).catch(function () {
      window.clearTimeout(patience);
      offline(true);
    });
  });
  window.addEventListener("beforeunload", function (event) {
    if (!changed) return;
    event.preventDefault();
    event.returnValue = "";
  });
})();
