// Marking by keyboard: 1–9 tick key points, C comments, Ctrl+Enter saves, → skips. The mark follows the ticks.
(function () {
  "use strict";
  var form = document.querySelector("[data-marking]");
  if (!form) return;
  var full = Number(form.dataset.full);
  var points = Array.prototype.slice.call(form.querySelectorAll("input[name=point]"));
  var mark = form.querySelector("#mark");
  var comment = form.querySelector("#comment");
  var skip = document.querySelector("[data-skip]");

  function total() {
    var all = 0;
    var met = 0;
    points.forEach(function (point) {
      all += Number(point.dataset.mark);
      if (point.checked) met += Number(point.dataset.mark);
    });
    return all ? Math.round(met / all * full * 10000) / 10000 : 0;
  }
  form.addEventListener("change", function (event) {
    if (event.target.name === "point") mark.value = String(total());
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); form.requestSubmit(); return; }
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) return;
    var field = event.target;
    if (field instanceof HTMLElement && (field.tagName === "TEXTAREA" || field.tagName === "SELECT" || (field.tagName === "INPUT" && field.type !== "checkbox"))) return;
    if (/^[1-9]$/.test(event.key) && points[Number(event.key) - 1]) {
      event.preventDefault();
      points[Number(event.key) - 1].focus({ preventScroll: true });
      points[Number(event.key) - 1].click();
    } else if (event.key === "c" || event.key === "C") {
      event.preventDefault();
      comment.focus();
    } else if (event.key === "ArrowRight" && skip) {
      event.preventDefault();
      skip.click();
    } else if (event.key === "Enter" && field.type === "checkbox") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}());
