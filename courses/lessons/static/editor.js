// The editor: buttons that insert a block at the cursor, and a warning before unsaved text is lost.
(function () {
  "use strict";
  var doc = document;
  var form = doc.querySelector("form.editor");
  var text = doc.getElementById("body");
  if (!form || !text) return;

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

  var changed = false;
  form.addEventListener("input", function () { changed = true; });
  form.addEventListener("submit", function () { changed = false; });
  window.addEventListener("beforeunload", function (event) {
    if (!changed) return;
    event.preventDefault();
    event.returnValue = "";
  });
})();
