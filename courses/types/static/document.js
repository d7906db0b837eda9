// Shows a PDF in the page with pdf.js: pages stand below each other in the page itself and are drawn as they come near,
// so that reading on is scrolling on. No eval, no inline style; the worker and the fonts come from this server.
var MARGIN = "900px 0px";
var MOST_DRAWN = 10;
var MOST_PIXELS = 12000000;
var ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3];

function start(box) {
  "use strict";
  if (box.dataset.started) return;
  box.dataset.started = "1";
  var area = box.querySelector("[data-pdf-pages]");
  var where = box.querySelector("[data-pdf-where]");
  var zoom = 1, pages = [], drawn = [], pdfjs = null, doc = null, current = 1;

  function trouble(words) {
    var line = box.querySelector("[data-pdf-trouble]");
    line.textContent = words;
    line.hidden = false;
    box.classList.add("is-broken");
  }
  function width() {
    var style = window.getComputedStyle(area);
    return Math.max(100, area.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
  }
  function scaleOf(page) { return zoom * width() / page.width; }

  // --- layout ----------------------------------------------------------------------------------------------------
  function size(page) {
    var scale = scaleOf(page);
    page.box.style.width = Math.floor(page.width * scale) + "px";
    page.box.style.height = Math.floor(page.height * scale) + "px";
  }
  function layOut() {
    var anchor = pages[current - 1];
    var before = anchor ? anchor.box.getBoundingClientRect() : null;
    pages.forEach(function (page) { clear(page); size(page); });
    drawn = [];
    if (before && before.top < window.innerHeight) {
      var after = anchor.box.getBoundingClientRect();
      var wanted = before.top < 0 ? before.top * after.height / before.height : before.top;
      window.scrollBy({ top: after.top - wanted, behavior: "instant" });
    }
    pages.forEach(function (page) { if (page.near) draw(page); });
  }
  function clear(page) {
    if (page.task) page.task.cancel();
    page.task = null;
    page.turn = (page.turn || 0) + 1;
    page.box.textContent = "";
  }

  // --- drawing ---------------------------------------------------------------------------------------------------
  function draw(page) {
    if (drawn.indexOf(page) >= 0) return;
    drawn.push(page);
    while (drawn.length > MOST_DRAWN) {
      var far = drawn.filter(function (other) { return !other.near; })[0];
      if (!far) break;
      clear(far);
      drawn.splice(drawn.indexOf(far), 1);
    }
    var turn = page.turn = (page.turn || 0) + 1;
    doc.getPage(page.number).then(function (source) {
      if (turn !== page.turn) return;
      var plain = source.getViewport({ scale: 1 });
      if (plain.width !== page.width || plain.height !== page.height) {
        page.width = plain.width;
        page.height = plain.height;
        size(page);
      }
      var viewport = source.getViewport({ scale: scaleOf(page) });
      var ratio = Math.min(window.devicePixelRatio || 1, 2);
      ratio = Math.min(ratio, Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height)));
      var canvas = document.createElement("canvas");
      canvas.width = Math.floor(viewport.width * ratio);
      canvas.height = Math.floor(viewport.height * ratio);
      canvas.setAttribute("aria-hidden", "true");
      page.task = source.render({
        canvasContext: canvas.getContext("2d", { alpha: false }),
        viewport: viewport,
        transform: ratio === 1 ? null : [ratio, 0, 0, ratio, 0, 0]
      });
      return page.task.promise.then(function () {
        if (turn !== page.turn) return null;
        page.box.textContent = "";
        page.box.appendChild(canvas);
        var layer = document.createElement("div");
        layer.className = "pdf-text";
        layer.style.setProperty("--scale-factor", viewport.scale);
        page.box.appendChild(layer);
        return new pdfjs.TextLayer({ textContentSource: source.streamTextContent(), container: layer, viewport: viewport }).render();
      });
    }).catch(function (error) {
      if (error && error.name === "RenderingCancelledException") return;
      window.console.warn("page " + page.number, error);
    });
  }

  // --- where one is ----------------------------------------------------------------------------------------------
  function locate() {
    var middle = window.innerHeight * 0.4, found = 1;
    pages.forEach(function (page) { if (page.box.getBoundingClientRect().top < middle) found = page.number; });
    current = found;
    where.textContent = where.dataset.text.replace("{n}", found).replace("{all}", pages.length);
  }
  var waiting = false;
  function soon() {
    if (waiting) return;
    waiting = true;
    window.requestAnimationFrame(function () { waiting = false; locate(); });
  }
  function go(step) {
    var target = pages[Math.max(1, Math.min(pages.length, current + step)) - 1];
    if (target) target.box.scrollIntoView({ block: "start" });
  }
  function change(step) {
    if (step === 0) zoom = 1;
    else {
      var next = ZOOMS.filter(function (value) { return step > 0 ? value > zoom : value < zoom; });
      if (!next.length) return;
      zoom = step > 0 ? next[0] : next[next.length - 1];
    }
    layOut();
  }
  box.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button || !pages.length) return;
    if (button.dataset.pdfGo) go(Number(button.dataset.pdfGo));
    if (button.dataset.pdfZoom) change(Number(button.dataset.pdfZoom));
  });
  area.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var keys = { ArrowLeft: -1, ArrowRight: 1 }, zooms = { "+": 1, "=": 1, "-": -1, "0": 0 };
    if (event.key in keys && zoom <= 1) { go(keys[event.key]); event.preventDefault(); }
    else if (event.key in zooms) { change(zooms[event.key]); event.preventDefault(); }
  });

  // --- opening ---------------------------------------------------------------------------------------------------
  import(box.dataset.library).then(function (library) {
    pdfjs = library;
    pdfjs.GlobalWorkerOptions.workerSrc = box.dataset.worker;
    var task = pdfjs.getDocument({
      url: box.dataset.pdf,
      cMapUrl: box.dataset.files,
      cMapPacked: true,
      standardFontDataUrl: box.dataset.files,
      isEvalSupported: false,
      enableXfa: false,
      disableAutoFetch: true
    });
    return task.promise;
  }).then(function (opened) {
    doc = opened;
    return doc.getPage(1);
  }).then(function (first) {
    var plain = first.getViewport({ scale: 1 });
    var watch = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        var page = pages[Number(entry.target.dataset.number) - 1];
        page.near = entry.isIntersecting;
        if (page.near) draw(page);
      });
    }, { rootMargin: MARGIN });
    for (var n = 1; n <= doc.numPages; n += 1) {
      var sheet = document.createElement("div");
      sheet.className = "pdf-page";
      sheet.dataset.number = n;
      sheet.setAttribute("role", "group");
      sheet.setAttribute("aria-label", box.dataset.page.replace("{n}", n));
      area.appendChild(sheet);
      pages.push({ number: n, box: sheet, width: plain.width, height: plain.height, near: false, task: null });
    }
    pages.forEach(size);
    box.classList.add("is-ready");
    pages.forEach(function (page) { watch.observe(page.box); });
    locate();
    document.addEventListener("scroll", soon, { passive: true, capture: true });
    var known = width();
    window.addEventListener("resize", function () {
      if (Math.abs(width() - known) < 2) return;
      known = width();
      layOut();
    });
  }).catch(function (error) {
    var name = (error && error.name) || "";
    if (name === "PasswordException") trouble(box.dataset.locked);
    else if (name === "InvalidPDFException" || name === "FormatError") trouble(box.dataset.broken);
    else trouble(window.navigator.onLine === false ? box.dataset.offline : box.dataset.broken);
    window.console.warn("pdf", error);
  });
}

function startAll(root) {
  if (root.matches && root.matches("[data-pdf]")) start(root);
  Array.prototype.forEach.call(root.querySelectorAll("[data-pdf]"), start);
}
startAll(document);
document.addEventListener("htmx:load", function (event) { startAll(event.target); });
