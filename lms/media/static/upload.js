// Uploads by dropping, pasting or choosing. Two uses: a textarea ([data-media-drop]) gets the Markdown of the file at
// its cursor; a field ([data-media-field]) keeps the ref of one file in its hidden input.
(function () {
  "use strict";
  if (window.kefuUploads) return;
  window.kefuUploads = true;
  var doc = document;
  var SHORT = {
    sending: "正在上传 {name}，{percent}%", checking: "正在检查 {name}", failed: "{name} 没有传上去，请稍后重试。",
    offline: "网络断了，{name} 没有传上去，请重试。", toolarge: "{name} 太大了。", signedout: "登录已过期，请登录后再传一次。",
    preparing: "已上传，正在转换成页面。", done: "已插入 {name}"
  };

  function words(box, name, values) {
    var text = (box && box.dataset[name]) || SHORT[name];
    return text.replace(/\{(\w+)\}/g, function (all, key) { return key in values ? values[key] : all; });
  }
  function token() {
    try { return JSON.parse(doc.body.getAttribute("hx-headers"))["X-CSRFToken"]; } catch (error) { return ""; }
  }
  function shopOf(element, name) {
    var form = element.closest("form");
    var field = form && name ? form.elements[name] : null;
    return field ? field.value : "";
  }

  // One file; done(answer) or failed(words). Says how far it is through progress(percent).
  function send(file, box, url, shop, accept, progress, done, failed) {
    var name = file.name || "";
    var limit = Number((box && box.dataset.limit) || 0);
    if (limit && file.size > limit * 1048576) { failed(words(box, "toolarge", { name: name, limit: limit })); return; }
    var form = new FormData();
    form.append("file", file, name);
    form.append("shop_id", shop);
    if (accept) form.append("accept", accept);
    var request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.onprogress = function (event) {
      if (event.lengthComputable) progress(Math.round(100 * event.loaded / event.total));
    };
    request.onerror = function () { failed(words(box, "offline", { name: name })); };
    request.onload = function () {
      var answer = null;
      try { answer = JSON.parse(request.responseText); } catch (error) { answer = null; }
      if (request.status === 200 && answer && answer.ref) { done(answer); return; }
      if (answer && answer.error) failed((name ? name + "：" : "") + answer.error);
      else if (request.status === 413) failed(words(box, "toolarge", { name: name, limit: limit }));
      else if (request.status === 401 || request.status === 400 || request.status === 200) failed(words(box, "signedout", {}));
      else failed(words(box, "failed", { name: name }));
    };
    request.send(form);
  }

  // What is going on, below the textarea or in the field.
  function board(box) {
    var bar = box.querySelector("[data-media-progress]");
    var line = box.querySelector("[data-media-status]");
    return {
      show: function (text, error) { line.textContent = text; line.classList.toggle("is-error", !!error); },
      percent: function (n) { if (bar) { bar.hidden = n === null; bar.value = n || 0; } }
    };
  }
  function filesOf(transfer) {
    return transfer && transfer.files ? Array.prototype.slice.call(transfer.files) : [];
  }
  function carriesFiles(event) {
    return event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types || [], "Files") >= 0;
  }
  function takesDrops(element, take) {
    element.addEventListener("dragover", function (event) {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      element.classList.add("is-over");
    });
    ["dragleave", "dragend"].forEach(function (name) {
      element.addEventListener(name, function () { element.classList.remove("is-over"); });
    });
    element.addEventListener("drop", function (event) {
      element.classList.remove("is-over");
      if (!carriesFiles(event)) return;
      event.preventDefault();
      take(filesOf(event.dataTransfer));
    });
  }

  // --- textareas -----------------------------------------------------------------------------------------------
  function tools(text) {
    var box = doc.querySelector('[data-media-tools="' + text.id + '"]');
    if (box) return box;
    box = doc.createElement("div");
    box.className = "media-tools";
    box.innerHTML = '<progress class="progress" max="100" value="0" hidden data-media-progress></progress><p class="media-status" role="status" data-media-status></p>';
    text.insertAdjacentElement("afterend", box);
    return box;
  }
  function insert(text, piece) {
    var start = text.selectionStart, before = text.value.slice(0, start), after = text.value.slice(text.selectionEnd);
    var lead = before === "" || /\n\n$/.test(before) ? "" : /\n$/.test(before) ? "\n" : "\n\n";
    var tail = /^\n\n/.test(after) ? "" : /^\n/.test(after) ? "\n" : "\n\n";
    text.focus();
    text.setRangeText(lead + piece + tail, start, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function prepareText(text) {
    if (text.dataset.mediaReady) return;
    text.dataset.mediaReady = "1";
    var box = tools(text), says = board(box), waiting = [], busy = false, wrong = "";
    var url = text.dataset.uploadUrl || box.dataset.uploadUrl;
    function next() {
      var file = waiting.shift();
      busy = !!file;
      if (!file) { says.percent(null); return; }
      says.show(words(box, "sending", { name: file.name, percent: 0 }));
      send(file, box, url, shopOf(text, text.dataset.shopField || box.dataset.shopField), "", function (n) {
        says.percent(n);
        says.show(n < 100 ? words(box, "sending", { name: file.name, percent: n }) : words(box, "checking", { name: file.name }));
      }, function (answer) {
        insert(text, answer.markdown);
        says.show(wrong || words(box, answer.state === "preparing" ? "preparing" : "done", { name: answer.name }), wrong);
        next();
      }, function (reason) {
        wrong = (wrong ? wrong + " " : "") + reason;
        says.show(wrong, true);
        next();
      });
    }
    function take(files) {
      if (!files.length) return;
      if (!busy) wrong = "";
      waiting = waiting.concat(files);
      if (!busy) next();
    }
    takesDrops(text, take);
    text.addEventListener("paste", function (event) {
      var files = filesOf(event.clipboardData);
      // Office programs put a picture of copied text beside the text; then the text is meant.
      if (!files.length || event.clipboardData.getData("text/plain")) return;
      event.preventDefault();
      take(files);
    });
    var input = box.querySelector("[data-media-input]");
    if (input) input.addEventListener("change", function () { take(filesOf(input)); input.value = ""; });
  }

  // --- fields --------------------------------------------------------------------------------------------------
  function prepareField(box) {
    if (box.dataset.mediaReady) return;
    box.dataset.mediaReady = "1";
    var says = board(box), input = box.querySelector("[data-media-input]");
    var hidden = box.querySelector('input[type="hidden"]'), name = box.querySelector("[data-media-name]");
    function take(files) {
      var file = files[0];
      if (!file) return;
      says.show(words(box, "sending", { name: file.name, percent: 0 }));
      send(file, box, box.dataset.uploadUrl, shopOf(box, box.dataset.shopField), box.dataset.accept, function (n) {
        says.percent(n);
        says.show(n < 100 ? words(box, "sending", { name: file.name, percent: n }) : words(box, "checking", { name: file.name }));
      }, function (answer) {
        says.percent(null);
        says.show(answer.state === "preparing" ? words(box, "preparing", {}) : "");
        hidden.value = answer.ref;
        name.hidden = false;
        name.textContent = "";
        var link = doc.createElement("a");
        link.href = answer.url;
        link.target = "_blank";
        link.rel = "noopener";
        link.textContent = answer.name;
        name.appendChild(link);
        ["input", "change"].forEach(function (kind) { hidden.dispatchEvent(new Event(kind, { bubbles: true })); });
      }, function (reason) {
        says.percent(null);
        says.show(reason, true);
      });
    }
    takesDrops(box.querySelector("[data-media-zone]") || box, take);
    if (input) input.addEventListener("change", function (event) {
      event.stopPropagation();
      take(filesOf(input));
      input.value = "";
    });
  }

  function prepare(root) {
    Array.prototype.forEach.call(root.querySelectorAll("textarea[data-media-drop]"), prepareText);
    Array.prototype.forEach.call(root.querySelectorAll("[data-media-field]"), prepareField);
    Array.prototype.forEach.call(root.querySelectorAll("[data-media-tools]"), function (box) {
      var text = doc.getElementById(box.dataset.mediaTools);
      if (text) prepareText(text);
    });
  }
  prepare(doc);
  doc.addEventListener("htmx:load", function (event) { prepare(event.target); });
})();
