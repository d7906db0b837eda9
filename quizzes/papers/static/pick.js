// Picking items: select all of the page, and how many are selected.
(function () {
  "use strict";
  var form = document.querySelector("[data-pick]");
  if (!form) return;
  var boxes = Array.prototype.slice.call(form.querySelectorAll("input[name=item]"));
  var all = form.querySelector("[data-pick-all]");
  var count = form.querySelector("[data-pick-count]");
  function chosen() { return boxes.filter(function (box) { return box.checked; }).length; }
  function show() { count.textContent = chosen() ? "(" + chosen() + ")" : ""; }
  all.hidden = !boxes.length;
  all.addEventListener("click", function () {
    var on = chosen() < boxes.length;
    boxes.forEach(function (box) { box.checked = on; });
    show();
  });
  form.addEventListener("change", show);
  show();
}());
