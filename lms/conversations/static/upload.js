// Shows which files were chosen or dropped. The native file input takes drops by itself; without script it still works.
(function () {
  "use strict";
  var drop = document.querySelector("[data-drop]");
  if (!drop) return;
  var input = drop.querySelector("input[type=file]");
  var list = document.querySelector("[data-drop-files]");

  function size(bytes) {
    return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }
  function show() {
    list.textContent = "";
    Array.prototype.forEach.call(input.files, function (file) {
      var item = document.createElement("li");
      var name = document.createElement("span");
      var much = document.createElement("span");
      name.textContent = file.name;
      much.textContent = size(file.size);
      much.className = "size";
      item.appendChild(name);
      item.appendChild(much);
      list.appendChild(item);
    });
    list.hidden = !input.files.length;
  }
  input.addEventListener("change", show);
  ["dragenter", "dragover"].forEach(function (name) {
    drop.addEventListener(name, function () { drop.classList.add("is-over"); });
  });
  ["dragleave", "drop"].forEach(function (name) {
    drop.addEventListener(name, function () { drop.classList.remove("is-over"); });
  });
})();
