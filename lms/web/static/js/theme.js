// Loaded in the head, before anything is drawn: shows dark when the person (or the system, for "auto") wants it.
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    var choice = root.dataset.theme;
    root.dataset.bsTheme = choice === "dark" || (choice === "auto" && dark.matches) ? "dark" : "light";
  }
  window.kefuTheme = function (choice) {
    root.dataset.theme = choice;
    var secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = "theme=" + choice + "; path=/; max-age=31536000; samesite=lax" + secure;
    apply();
  };
  if (dark.addEventListener) dark.addEventListener("change", apply);
  apply();
  root.classList.add("js");
})();
