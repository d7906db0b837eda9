// The scorecard editor: parts are moved, added and removed in the page, and the draft is saved while one writes.
// Every button is a submit button that does the same on the server; this only spares the trip.
(function () {
  "use strict";
  var form = document.querySelector("[data-editor]");
  if (!form) return;
  var words = form.dataset, parts = form.querySelector("[data-parts]"), savedAt = form.querySelector("[data-saved-at]");
  var undo = form.querySelector("[data-undo-do]");
  var timer = null, dirty = false, busy = false, moved = false, leaving = false, count = 0, removed = null, onward = "";

  function all(selector, inside) { return Array.prototype.slice.call((inside || form).querySelectorAll(selector)); }
  function code(letter) { count += 1; return letter + Date.now().toString(36) + Math.random().toString(36).slice(2, 6) + count; }
  function trimmed(n) { return String(Math.round(n * 10) / 10); }

  // --- totals and flags ----------------------------------------------------------------------------------------
  function weightOf(crit) { var n = parseFloat(crit.querySelector("[data-weight]").value); return n > 0 ? n : 0; }
  function refresh() {
    var crits = all("[data-crit]"), whole = 0, fatal = [];
    crits.forEach(function (crit) { whole += weightOf(crit); });
    crits.forEach(function (crit) {
      var weight = weightOf(crit), box = crit.querySelector("input[data-critical]"), critical = box ? box.checked : crit.dataset.critical === "1";
      if (critical) fatal.push(crit.querySelector("[data-name]").value || "…");
      crit.classList.toggle("is-critical", critical);
      crit.querySelector("[data-share]").textContent = critical && !weight ? words.fatal : (whole ? trimmed(100 * weight / whole) : "0") + "%";
      if (!crit.querySelector("[data-body]")) return;
      crit.querySelector("[data-steps]").hidden = !crit.querySelector("[data-scale][value=steps]").checked;
      flag(crit);
    });
    all("[data-part]").forEach(function (part) {
      var sum = 0;
      all("[data-crit]", part).forEach(function (crit) { sum += weightOf(crit); });
      part.querySelector("[data-section-share]").textContent = whole ? trimmed(100 * sum / whole) + "%" : "";
    });
    form.querySelector("[data-total]").textContent = words.total.replace("{n}", trimmed(whole));
    form.querySelector("[data-zero]").textContent = fatal.length ? words.zero.replace("{names}", fatal.join("、")) : words.noZero;
  }
  function flag(crit) {
    var chosen = crit.querySelector("[data-competency]"), option = chosen.options[chosen.selectedIndex];
    var line = crit.querySelector("[data-flags]"), lacks = [];
    if (chosen.value) {
      if (!(option.dataset.lessons > 0)) lacks.push(words.lesson);
      if (!crit.querySelector("[data-good]").value.trim()) lacks.push(words.sample);
      if (!(option.dataset.items > 0)) lacks.push(words.item);
    }
    line.textContent = !chosen.value ? words.noCompetency : lacks.length ? words.lacks.replace("{what}", lacks.join("、")) : "";
    line.hidden = !line.textContent;
  }

  // --- the draft -----------------------------------------------------------------------------------------------
  function say(text, trouble) { savedAt.textContent = text; savedAt.classList.toggle("is-trouble", !!trouble); }
  function changed() {
    dirty = true;
    refresh();
    window.clearTimeout(timer);
    if (!moved) timer = window.setTimeout(save, 1200);
  }
  function save() {
    if (busy || moved || leaving) return;
    busy = true;
    dirty = false;
    say(words.saving);
    window.fetch(words.draft, { method: "POST", body: new FormData(form), credentials: "same-origin", headers: { "Accept": "application/json" } })
      .then(function (answer) {
        if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (told) {
        busy = false;
        if (told.saved) {
          form.elements.known.value = told.known;
          say(words.saved.replace("{at}", told.at));
          if (dirty) changed();
          else if (onward) window.location.href = onward;
        } else {
          moved = dirty = true;
          say(told.message + " " + words.moved, true);
          form.querySelector("[data-overwrite]").hidden = false;
        }
      })
      .catch(function () {
        busy = false;
        dirty = true;
        onward = "";
        say(words.failed, true);
        timer = window.setTimeout(save, 8000);
      });
  }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  window.addEventListener("beforeunload", function (event) {
    if ((dirty || busy) && !leaving) { event.preventDefault(); event.returnValue = ""; }
  });

  // --- moving, adding, removing --------------------------------------------------------------------------------
  function open(crit, button) {
    var body = crit.querySelector("[data-body]");
    if (body) { body.hidden = !body.hidden; return; }
    button.disabled = true;
    window.fetch(words.criterion.replace(/code$/, crit.dataset.crit), { credentials: "same-origin" })
      .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.text(); })
      .then(function (html) {
        button.disabled = false;
        button.insertAdjacentHTML("afterend", html);
        refresh();
      })
      .catch(function () { button.disabled = false; say(words.failed, true); });
  }
  function addCriterion(part) {
    var holder = document.createElement("div"), name = code("c");
    holder.appendChild(document.getElementById("sc-criterion").content.cloneNode(true));
    var crit = holder.querySelector("[data-crit]");
    crit.dataset.crit = name;
    crit.id = "c-" + name;
    all("[name]", crit).forEach(function (field) { field.name = field.name.replace(/^c-code-/, "c-" + name + "-"); });
    crit.querySelector("[name=row]").value = "c:" + name;
    part.querySelector("[data-list]").appendChild(crit);
    open(crit, crit.querySelector(".sc-open"));
    crit.querySelector("[data-name]").focus();
  }
  function addSection() {
    var holder = document.createElement("div"), key = code("s");
    holder.appendChild(document.getElementById("sc-section").content.cloneNode(true));
    var part = holder.querySelector("[data-part]");
    part.querySelector("[name=row]").value = "s:" + key;
    part.querySelector("[name=s-key]").name = "s-" + key;
    parts.appendChild(part);
    addCriterion(part);
    part.querySelector(".sc-section input.form-control").focus();
  }
  function moveCriterion(crit, up) {
    var list = crit.parentNode, part = crit.closest("[data-part]"), next = up ? crit.previousElementSibling : crit.nextElementSibling;
    var other = up ? part.previousElementSibling : part.nextElementSibling;
    if (next) list.insertBefore(up ? crit : next, up ? next : crit);
    else if (other) {
      var into = other.querySelector("[data-list]");
      into.insertBefore(crit, up ? null : into.firstChild);
    }
  }
  function moveSection(part, up) {
    var other = up ? part.previousElementSibling : part.nextElementSibling;
    if (other) parts.insertBefore(up ? part : other, up ? other : part);
  }
  function remove(node) {
    var after = node.nextElementSibling || node.previousElementSibling || form.querySelector("#title");
    var focus = after.matches && after.matches("input") ? after : after.querySelector("input.form-control");
    removed = { node: node, parent: node.parentNode, next: node.nextElementSibling };
    node.remove();
    undo.hidden = false;
    if (focus) focus.focus();
  }
  undo.addEventListener("click", function () {
    if (!removed) return;
    var next = removed.next && removed.next.parentNode === removed.parent ? removed.next : null;
    removed.parent.insertBefore(removed.node, next);
    removed.node.querySelector("input.form-control").focus();
    removed = null;
    undo.hidden = true;
    changed();
  });
  form.addEventListener("click", function (event) {
    var button = event.target.closest("button[name=do]"), action = button ? button.value.split(":")[0] : "";
    if (["up", "down", "drop", "add", "open", "section", "sup", "sdown", "sdrop"].indexOf(action) < 0) return;
    event.preventDefault();
    var crit = button.closest("[data-crit]"), part = button.closest("[data-part]");
    if (action === "open") { open(crit, button); return; }
    if (action === "add") addCriterion(part);
    else if (action === "section") addSection();
    else if (action === "drop") remove(crit);
    else if (action === "sdrop") remove(part);
    else if (action === "up" || action === "down") { moveCriterion(crit, action === "up"); button.focus(); }
    else { moveSection(part, action === "sup"); button.focus(); }
    changed();
  });
  form.addEventListener("keydown", function (event) {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    var crit = event.target.closest("[data-crit]");
    if (!crit) return;
    event.preventDefault();
    var focused = document.activeElement;
    moveCriterion(crit, event.key === "ArrowUp");
    focused.focus();
    changed();
  });
  form.addEventListener("submit", function () { leaving = true; window.clearTimeout(timer); });
  form.querySelector("[data-leave]").addEventListener("click", function (event) {
    if ((!dirty && !busy) || moved) return;
    event.preventDefault();
    onward = this.href;
    window.clearTimeout(timer);
    save();
  });
  refresh();
})();
