// 审题 by keyboard: the keys press the buttons that are on the page, so mouse, touch and keyboard do the same.
(function () {
  "use strict";
  var doc = document;
  var KEYS = {
    a: "accept", Enter: "accept", e: "edit", r: "reject", u: "undo",
    j: "after", ArrowRight: "after", k: "before", ArrowLeft: "before"
  };

  function card() { return doc.querySelector("[data-review]"); }
  function press(name) {
    var button = doc.querySelector('[data-review] [data-key="' + name + '"]');
    if (!button) return false;
    button.click();
    return true;
  }
  function reasons() { return doc.querySelector("[data-review] details.review-reject[open]"); }
  function typing(target) {
    return target instanceof Element && target.closest("input:not([type=checkbox]):not([type=radio]), textarea, [contenteditable=true], dialog");
  }

  doc.addEventListener("keydown", function (event) {
    if (!card() || event.defaultPrevented || event.repeat || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      var form = doc.querySelector("form[data-review-edit]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.key === "Escape") {
      if (doc.querySelector("dialog[open]")) return;
      var open = reasons();
      if (open) { open.open = false; open.querySelector("summary").focus(); event.preventDefault(); return; }
      if (press("cancel")) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    // A focused control keeps its own Enter and arrows: a link is followed, a list is moved through.
    var control = event.target instanceof Element ? event.target.closest("a, button, summary, select, input") : null;
    if (control && (event.key === "Enter" || (event.key.indexOf("Arrow") === 0 && control.matches("select, input")))) return;
    if (control && control.matches("select") && event.key.length === 1) return;
    var number = /^[1-9]$/.test(event.key) ? event.key : "";
    if (number && reasons()) {
      var reason = reasons().querySelector('[data-reason="' + number + '"]');
      if (reason) { event.preventDefault(); reason.click(); }
      return;
    }
    var name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (name && press(name)) {
      event.preventDefault();
      if (name === "reject" && reasons()) reasons().querySelector("[data-reason]").focus();
    }
  });

  // After each decision the next item is in place: put the reading position there, and say which it is.
  doc.addEventListener("htmx:afterSettle", function () {
    var here = card();
    if (!here) return;
    var field = here.querySelector("form[data-review-edit] textarea, form[data-review-edit] input[type=text]");
    var alert = here.querySelector("[role=alert]");
    if (field && !alert) { field.focus(); return; }
    here.focus({ preventScroll: true });
    if (here.getBoundingClientRect().top < 0) here.scrollIntoView({ block: "start" });
    var said = doc.querySelector("[data-review-said]");
    if (said) said.textContent = here.getAttribute("aria-label") || "";
  });
})();
