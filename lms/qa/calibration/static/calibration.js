/* Scoring a round: what is not scored yet gets full marks with one click. Without the script every line is clicked. */
(function () {
  "use strict";
  var button = document.querySelector("[data-fill]");
  if (!button) { return; }
  button.hidden = false;
  button.addEventListener("click", function () {
    Array.prototype.forEach.call(document.querySelectorAll(".crit"), function (line) {
      if (line.querySelector("input[type=radio]:checked")) { return; }
      var best = null;
      Array.prototype.forEach.call(line.querySelectorAll("input[type=radio]"), function (one) {
        if (one.value !== "na" && (!best || Number(one.value) > Number(best.value))) { best = one; }
      });
      if (best) { best.checked = true; }
    });
  });
})();
