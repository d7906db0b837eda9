// Scoring by keyboard: criteria, messages, evidence, causes; a live score; the draft saved while one works.
// Without this script the page is a plain form with message numbers.
(function () {
  "use strict";
  var desk = document.querySelector("[data-desk]");
  if (!desk) return;
  var texts = desk.dataset;
  function all(selector, root) { return Array.prototype.slice.call((root || desk).querySelectorAll(selector)); }
  function fill(text, n) { return text.replace(/\{\w+\}/, n); }
  var criteria = all("[data-crit]");
  var messages = all(".say[data-n]");
  var chat = desk.querySelector("[data-chat]");
  var status = desk.querySelector("[data-status]");
  var speaker = desk.querySelector("[data-say]");
  var praise = desk.elements.praise;
  var active = 0;
  var at = -1;
  var leaving = false;
  desk.classList.add("is-live", "shows-chat");
  // What only the script needs: keys on the buttons, a place for chips, a line for what is missing.
  function hotkey(text) { var made = document.createElement("kbd"); made.textContent = text; return made; }
  function part(crit, tag, name) { var made = document.createElement(tag); made.className = name; crit.appendChild(made); return made; }
  var causeKeys = { person: "P", process: "L", product: "S", rare: "O" };
  criteria.forEach(function (crit) {
    all("input[type=radio]", crit).forEach(function (radio) {
      var label = radio.value === "na" ? "N" : crit.dataset.top === "1" ? radio.value : "";
      if (label) radio.nextElementSibling.appendChild(hotkey(label));
    });
    var select = crit.querySelector("select");
    crit.causes = document.createElement("div");
    crit.causes.className = "crit-causes";
    crit.causes.setAttribute("role", "group");
    crit.causes.setAttribute("aria-label", select.getAttribute("aria-label"));
    all("option", select).forEach(function (option) {
      if (!option.value) return;
      var button = document.createElement("button");
      button.type = "button";
      button.className = "cause";
      button.dataset.cause = option.value;
      button.textContent = option.textContent;
      button.appendChild(hotkey(causeKeys[option.value] || ""));
      button.addEventListener("click", function () { select.value = option.value; changed(crit); });
      crit.causes.appendChild(button);
    });
    select.hidden = true;
    select.parentNode.insertBefore(crit.causes, select);
    crit.chips = part(crit.querySelector(".crit-fault"), "div", "crit-chips");
    crit.lack = part(crit, "p", "crit-lack");
    crit.lack.setAttribute("role", "alert");
    crit.lack.hidden = true;
  });
  desk.noValidate = true;
  function say(text) { speaker.textContent = text; }

  // How to score each criterion comes a moment later: twenty of them are half of the page.
  window.fetch(texts.guide, { credentials: "same-origin" }).then(function (response) { return response.ok ? response.text() : ""; }).then(function (html) {
    var page = new DOMParser().parseFromString(html, "text/html");
    criteria.forEach(function (crit) {
      var found = page.getElementById("g" + crit.dataset.crit);
      if (!found || !found.textContent.trim()) return;
      var details = document.createElement("details");
      details.className = "crit-guide";
      var summary = document.createElement("summary");
      summary.textContent = texts.how;
      details.appendChild(summary);
      Array.prototype.slice.call(found.children).forEach(function (child) { details.appendChild(document.importNode(child, true)); });
      crit.insertBefore(details, crit.querySelector(".crit-fault"));
    });
  }).catch(function () { /* the link above opens it as a page */ });

  // --- values ----------------------------------------------------------------------------------------------------
  function field(crit, name) { return desk.elements[name + "-" + crit.dataset.crit]; }
  function valueOf(crit) {
    var checked = crit.querySelector("input[name=v-" + crit.dataset.crit + "]:checked");
    return checked ? checked.value : "";
  }
  function setValue(crit, value) {
    var wanted = crit.querySelector("input[name=v-" + crit.dataset.crit + "][value='" + value + "']");
    if (!wanted) return false;
    wanted.checked = true;
    changed(crit);
    return true;
  }
  function isFault(crit) {
    var value = valueOf(crit);
    return value !== "" && value !== "na" && Number(value) < Number(crit.dataset.pass);
  }
  function causeOf(crit) { return field(crit, "cause").value; }
  function numbers(input) { return (input.value.match(/\d+/g) || []).map(Number); }
  function toggle(input, n) {
    var list = numbers(input);
    var place = list.indexOf(n);
    if (place === -1) list.push(n); else list.splice(place, 1);
    input.value = list.join(", ");
    return place === -1;
  }
  function messageAt(n) { return messages.filter(function (message) { return Number(message.dataset.n) === n; })[0]; }

  // --- what is shown ---------------------------------------------------------------------------------------------
  function chip(text, tone, label, drop) {
    var made = document.createElement("span");
    made.className = "chip chip-" + tone;
    var words = document.createElement("span");
    words.textContent = text;
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", label);
    button.addEventListener("click", function (event) { event.stopPropagation(); drop(); });
    made.appendChild(words);
    made.appendChild(button);
    return made;
  }
  function shortText(n) {
    var message = messageAt(n);
    return "#" + n + " " + (message ? message.querySelector(".say-text").textContent.trim().slice(0, 40) : "");
  }
  function draw() {
    messages.forEach(function (message) {
      message.classList.remove("is-pinned", "is-praised");
      message.querySelector(".say-pins").textContent = "";
    });
    criteria.forEach(function (crit) {
      var fault = isFault(crit);
      crit.classList.toggle("is-fault", fault);
      crit.classList.toggle("has-comment", field(crit, "comment").value !== "" || crit.classList.contains("wants-comment"));
      var box = crit.chips;
      box.textContent = "";
      all("[data-cause]", crit.causes).forEach(function (button) { button.setAttribute("aria-pressed", String(button.dataset.cause === causeOf(crit))); });
      if (!fault) return;
      var input = field(crit, "quotes");
      numbers(input).forEach(function (n) {
        var drop = function () { toggle(input, n); changed(crit); };
        box.appendChild(chip(shortText(n), "bad", fill(texts.drop, n), drop));
        var message = messageAt(n);
        if (!message) return;
        message.classList.add("is-pinned");
        message.querySelector(".say-pins").appendChild(chip(crit.querySelector(".crit-name").textContent, "bad", fill(texts.drop, n), drop));
      });
    });
    var praised = desk.querySelector("[data-praise-chips]");
    praised.textContent = "";
    numbers(praise).forEach(function (n) {
      var drop = function () { toggle(praise, n); changed(); };
      praised.appendChild(chip(shortText(n), "good", fill(texts.dropPraise, n), drop));
      var message = messageAt(n);
      if (!message) return;
      message.classList.add("is-praised");
      message.querySelector(".say-pins").appendChild(chip(texts.praise, "good", fill(texts.dropPraise, n), drop));
    });
    score();
  }
  // The same sum as lms.qa.evaluations.scoring: what does not apply leaves both sides, a critical fault makes it 0.
  function score() {
    var weight = 0;
    var gained = 0;
    var zero = false;
    var done = 0;
    criteria.forEach(function (crit) {
      var value = valueOf(crit);
      if (value === "") return;
      done += 1;
      if (value === "na") return;
      weight += Number(crit.dataset.weight);
      gained += Number(crit.dataset.weight) * Number(value) / Number(crit.dataset.top);
      if (isFault(crit) && crit.dataset.critical === "1") zero = true;
    });
    var shown = zero ? "0" : weight ? String(Math.round(1000 * gained / weight) / 10) : done ? texts.none : "—";
    desk.querySelector("[data-score]").textContent = shown;
    desk.querySelector("[data-score-box]").classList.toggle("is-zero", zero);
    desk.querySelector("[data-progress]").textContent = done + "/" + criteria.length;
    desk.querySelector("[data-count]").textContent = done + "/" + criteria.length;
  }
  function changed(crit) {
    if (crit && crit.classList.contains("is-lacking") && !lackOf(crit)) showLack(crit, "");
    draw();
    later();
  }

  // --- moving ----------------------------------------------------------------------------------------------------
  function activate(n, quiet) {
    active = Math.max(0, Math.min(criteria.length - 1, n));
    criteria.forEach(function (crit, place) { crit.classList.toggle("is-active", place === active); });
    if (!quiet) {
      criteria[active].scrollIntoView({ block: "nearest" });
      say(criteria[active].querySelector(".crit-name").textContent);
    }
  }
  function moveTo(n, show) {
    if (at >= 0 && messages[at]) {
      messages[at].classList.remove("is-at");
      var old = messages[at].querySelector(".say-do");
      if (old) old.remove();
    }
    at = Math.max(0, Math.min(messages.length - 1, n));
    var message = messages[at];
    if (!message) return;
    message.classList.add("is-at");
    var tools = document.createElement("div");
    tools.className = "say-do mt-1";
    [[texts.quote, "E", pin], [texts.praise, "Z", star]].forEach(function (tool) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm";
      button.textContent = tool[0] + " ";
      button.appendChild(hotkey(tool[1]));
      button.addEventListener("click", function (event) { event.stopPropagation(); tool[2](); });
      tools.appendChild(button);
    });
    message.appendChild(tools);
    if (show) message.scrollIntoView({ block: "nearest" });
    say("#" + message.dataset.n + " " + message.querySelector(".say-text").textContent.trim());
  }
  function step(by, agentOnly) {
    var next = at === -1 ? (by > 0 ? 0 : messages.length - 1) : at + by;
    while (agentOnly && messages[next] && !messages[next].classList.contains("say-agent")) next += by;
    if (messages[next]) { showTab("chat"); moveTo(next, true); }
  }
  function pin() {
    var crit = criteria[active];
    if (at === -1) return;
    if (!isFault(crit)) { note(texts.noFault); return; }
    var n = Number(messages[at].dataset.n);
    say(fill(toggle(field(crit, "quotes"), n) ? texts.pinned : texts.unpinned, n));
    changed(crit);
  }
  function star() {
    if (at === -1) return;
    toggle(praise, Number(messages[at].dataset.n));
    changed();
  }
  messages.forEach(function (message, n) {
    message.addEventListener("click", function (event) {
      if (event.target.closest("a, button")) return;
      var again = at === n;
      moveTo(n, false);
      if (isFault(criteria[active]) && (window.innerWidth > 991 || again)) pin();
    });
  });
  criteria.forEach(function (crit, n) {
    crit.addEventListener("focusin", function () { activate(n, true); });
    crit.addEventListener("click", function () { activate(n, true); });
    crit.addEventListener("change", function () { changed(crit); });
    crit.addEventListener("input", function (event) { if (event.target.type !== "radio") later(); });
    var accept = crit.querySelector("[data-accept]");
    if (accept) all("[data-accept]", crit).forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { acceptHint(crit, button.closest("[data-hint]")); });
    });
  });
  desk.addEventListener("input", function () { later(); });
  function acceptHint(crit, hint) {
    if (!hint) return;
    setValue(crit, "0");
    var n = Number(hint.dataset.hint);
    var input = field(crit, "quotes");
    if (n && numbers(input).indexOf(n) === -1) toggle(input, n);
    if (n && messageAt(n)) moveTo(messages.indexOf(messageAt(n)), true);
    if (!n && !field(crit, "comment").value) field(crit, "comment").value = hint.querySelector("span").textContent.trim();
    changed(crit);
  }

  // --- tabs on small screens -------------------------------------------------------------------------------------
  desk.querySelector("[data-tabs]").hidden = false;
  function showTab(name) {
    desk.classList.toggle("shows-chat", name === "chat");
    desk.classList.toggle("shows-card", name === "card");
    all("[data-tab]").forEach(function (tab) { tab.setAttribute("aria-pressed", String(tab.dataset.tab === name)); });
  }
  all("[data-tab]").forEach(function (tab) { tab.addEventListener("click", function () { showTab(tab.dataset.tab); }); });

  // --- the draft -------------------------------------------------------------------------------------------------
  var timer = 0;
  var dirty = false;
  var busy = false;
  var stopped = false;
  function note(text, trouble) {
    status.textContent = text;
    status.classList.toggle("is-trouble", Boolean(trouble));
    say(text);
  }
  function later() {
    dirty = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, 900);
  }
  function save() {
    if (!dirty || busy || stopped || leaving) return;
    dirty = false;
    busy = true;
    status.textContent = texts.saving;
    window.fetch(texts.draft, { method: "POST", body: new URLSearchParams(new FormData(desk)), credentials: "same-origin", headers: { Accept: "application/json" } }).then(function (response) {
      if (response.status !== 200 && response.status !== 409) throw new Error(String(response.status));
      return response.json();
    }).then(function (answer) {
      busy = false;
      if (!answer.saved) { stopped = true; note(answer.message, true); return; }
      desk.elements.rev.value = answer.rev;
      status.classList.remove("is-trouble");
      status.textContent = fill(texts.saved, answer.at);
      if (dirty) later();
    }).catch(function () {
      busy = false;
      note(texts.failed, true);
      dirty = true;
      timer = window.setTimeout(save, 5000);
    });
  }
  window.addEventListener("pagehide", function () {
    if (dirty && !busy && !stopped && !leaving && navigator.sendBeacon) navigator.sendBeacon(texts.draft, new URLSearchParams(new FormData(desk)));
  });
  var seconds = Number(desk.elements.seconds.value) || 0;
  window.setInterval(function () {
    if (!document.hidden) desk.elements.seconds.value = String(seconds += 1);
  }, 1000);

  // --- submitting ------------------------------------------------------------------------------------------------
  function lackOf(crit) {
    if (valueOf(crit) === "") return texts.lack;
    if (!isFault(crit)) return "";
    if (!causeOf(crit)) return texts.lackCause;
    return numbers(field(crit, "quotes")).length || field(crit, "comment").value.trim() ? "" : texts.lackProof;
  }
  function showLack(crit, text) {
    crit.lack.textContent = text;
    crit.lack.hidden = text === "";
    crit.classList.toggle("is-lacking", text !== "");
  }
  desk.addEventListener("submit", function (event) {
    var first = -1;
    criteria.forEach(function (crit, n) {
      var lack = lackOf(crit);
      showLack(crit, lack);
      if (lack && first === -1) first = n;
    });
    if (first === -1) { leaving = true; window.clearTimeout(timer); return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    showTab("card");
    activate(first);
    note(criteria[first].querySelector(".crit-name").textContent + "：" + lackOf(criteria[first]), true);
  }, true);
  window.addEventListener("pageshow", function () { leaving = false; });

  // --- keyboard --------------------------------------------------------------------------------------------------
  var causes = { p: "person", l: "process", s: "product", o: "rare" };
  function letterOf(event) {
    var code = /^(Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code || "");
    return event.key.length === 1 ? event.key.toLowerCase() : code ? code[2].toLowerCase() : event.key;
  }
  document.addEventListener("keydown", function (event) {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      desk.requestSubmit(desk.querySelector("[data-submit]"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var target = event.target instanceof Element ? event.target : document.body;
    var writes = target.closest("textarea, select, input:not([type=radio])");
    if (writes) {
      if (event.key === "Escape") { target.blur(); event.stopPropagation(); }
      if (event.key === "Enter" && target.matches("input")) { event.preventDefault(); target.blur(); }
      return;
    }
    if (target.closest(".side, .topbar, .tabbar")) return;
    var crit = criteria[active];
    var pressed = letterOf(event);
    var used = true;
    if (pressed === "ArrowDown" || pressed === "j") { showTab("card"); activate(active + 1); }
    else if (pressed === "ArrowUp" || pressed === "k") { showTab("card"); activate(active - 1); }
    else if (pressed === "ArrowRight") step(1, event.shiftKey);
    else if (pressed === "ArrowLeft") step(-1, event.shiftKey);
    else if (/^[0-9]$/.test(pressed)) {
      if (setValue(crit, pressed) && !isFault(crit)) activate(active + 1);
    } else if (pressed === "n") { if (setValue(crit, "na")) activate(active + 1); }
    else if (pressed === "=") { setValue(crit, crit.dataset.top); activate(active + 1); }
    else if (pressed === "a") criteria.forEach(function (one) { if (valueOf(one) === "") setValue(one, one.dataset.top); });
    else if (pressed === "e" || (pressed === "Enter" && !target.closest("a, button, summary, input"))) pin();
    else if (pressed === "z") star();
    else if (pressed === "h") acceptHint(crit, crit.querySelector("[data-hint]"));
    else if (causes[pressed] && isFault(crit)) {
      field(crit, "cause").value = causes[pressed];
      changed(crit);
    } else if (pressed === "t" && isFault(crit)) field(crit, "note").focus();
    else if (pressed === "c") {
      crit.classList.add("wants-comment");
      draw();
      field(crit, "comment").focus();
    } else used = false;
    if (!used) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  var keys = document.querySelector("[data-keys-open]");
  if (keys) {
    keys.hidden = false;
    keys.addEventListener("click", function () { document.getElementById("keys-dialog").showModal(); });
  }

  activate(0, true);
  draw();
  var firstOpen = criteria.findIndex(function (crit) { return valueOf(crit) === ""; });
  if (firstOpen > 0) activate(firstOpen);
}());
