// Reading a lesson: a progress line, the current section in the contents, and completion once the end was seen.
// Without this file the lesson reads the same, and the button at the end completes it.
(function () {
  "use strict";
  var doc = document;
  var body = doc.querySelector(".lesson-body");
  var end = doc.querySelector("[data-lesson-end]");
  if (!body || !end) return;

  // --- progress line -------------------------------------------------------------------------------------------
  var line = doc.querySelector("[data-reading-progress]");
  var waiting = false;
  function draw() {
    waiting = false;
    var box = body.getBoundingClientRect();
    var seen = (window.innerHeight - box.top) / box.height;
    line.value = Math.round(100 * Math.max(0, Math.min(1, seen)));
  }
  function soon() {
    if (waiting) return;
    waiting = true;
    window.requestAnimationFrame(draw);
  }
  if (line) {
    window.addEventListener("scroll", soon, { passive: true });
    window.addEventListener("resize", soon);
    draw();
  }
  if (!("IntersectionObserver" in window)) return;

  // --- where one is in the contents ----------------------------------------------------------------------------
  var contents = doc.querySelector("[data-contents]");
  if (contents) {
    var links = Array.prototype.slice.call(contents.querySelectorAll("a"));
    var headings = links.map(function (link) { return doc.getElementById(link.hash.slice(1)); });
    var mark = function () {
      var current = -1;
      headings.forEach(function (heading, i) {
        if (heading && heading.getBoundingClientRect().top < window.innerHeight * 0.35) current = i;
      });
      links.forEach(function (link, i) {
        if (i === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
    };
    var watch = new IntersectionObserver(mark, { rootMargin: "-10% 0px -60% 0px", threshold: [0, 1] });
    headings.forEach(function (heading) { if (heading) watch.observe(heading); });
    window.addEventListener("scroll", function () { window.requestAnimationFrame(mark); }, { passive: true });
    mark();
  }

  // --- the end -------------------------------------------------------------------------------------------------
  // The server says how many seconds are missing and judges again; this only saves pressing the button.
  var openedAt = Date.now();
  var told = false;
  function tell() {
    var box = doc.querySelector("[data-finish]");
    var form = box && box.querySelector("form");
    if (!form || told || !form.requestSubmit) return;
    told = true;
    form.querySelector("[data-reached-by]").value = "sentinel";
    form.requestSubmit();
  }
  var first = doc.querySelector("[data-finish]");
  var missing = first ? 1000 * Number(first.dataset.secondsLeft || 0) : 0;
  var observer = new IntersectionObserver(function (entries) {
    if (!entries.some(function (entry) { return entry.isIntersecting; })) return;
    observer.disconnect();
    // A second more than missing: the server rounds up, and a text that is seen whole at once deserves a glance.
    window.setTimeout(tell, Math.max(1500, missing + 1000 - (Date.now() - openedAt)));
  });
  observer.observe(end);
})();
