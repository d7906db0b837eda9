// The bar below the list: how many questions are ticked, and all of the page at once. The form works without it.
(function () {
  "use strict";
  var form = document.getElementById("mine-form");
  if (!form) return;
  var all = form.querySelector("[data-mine-all]");
  var count = form.querySelector("[data-mine-count]");
  var button = form.querySelector("[data-mine-draft]");
  function boxes() {
    return Array.prototype.slice.call(form.querySelectorAll("input[name='group_ids']"));
  }
  function tell() {
    var ticked = boxes().filter(function (box) { return box.checked; }).length;
    if (count) count.textContent = count.dataset.mineCount.replace("0", String(ticked));
    if (button) button.disabled = ticked === 0;
    if (all) {
      all.checked = ticked > 0 && ticked === boxes().length;
      all.indeterminate = ticked > 0 && ticked < boxes().length;
    }
  }
  form.addEventListener("change", function (event) {
    if (event.target === all) boxes().forEach(function (box) { box.checked = all.checked; });
    tell();
  });
  window.addEventListener("pageshow", tell);
  tell();
})();
