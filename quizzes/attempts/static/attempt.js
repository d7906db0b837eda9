// The paper: one question at a time or all on a page, keyboard, question palette, the clock. Without this script every
// question has its own save button and the page works as plain forms.
(function () {
  "use strict";
  var paper = document.querySelector("[data-paper]");
  if (!paper) return;
  var texts = paper.dataset;
  var questions = Array.prototype.slice.call(paper.querySelectorAll("[data-question]"));
  var announcer = paper.querySelector("[data-announce]");
  var savedLine = paper.querySelector("[data-saved]");
  var notice = paper.querySelector("[data-notice]");
  var submitForm = paper.querySelector("form[data-submit]");
  var saver = null;
  var leaving = false;

  function say(text) { if (announcer) announcer.textContent = text; }
  function fill(text, n) { return text.replace("{n}", n); }

  // --- the clock: counts down from what the server said, by a clock that the user can't set -----------------------
  var timer = paper.querySelector("[data-timer]");
  var endsAt = texts.remaining === undefined ? null : window.performance.now() + Number(texts.remaining) * 1000;
  var said = {};
  function left() { return endsAt === null ? null : Math.max(0, Math.round((endsAt - window.performance.now()) / 1000)); }
  function setLeft(seconds) { if (seconds !== null && seconds !== undefined && endsAt !== null) endsAt = window.performance.now() + seconds * 1000; }
  function tick() {
    var seconds = left();
    if (seconds === null || leaving) return;
    timer.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
    var box = timer.closest(".paper-timer");
    box.classList.toggle("is-short", seconds <= 300 && seconds > 60);
    box.classList.toggle("is-last", seconds <= 60);
    [5, 1].forEach(function (minutes) {
      if (seconds <= minutes * 60 && seconds > minutes * 60 - 20 && !said[minutes]) {
        said[minutes] = true;
        say(fill(texts.textLeft, minutes));
      }
    });
    if (seconds === 0) timeOver();
  }
  function timeOver() {
    leaving = true;
    say(texts.textOver);
    if (savedLine) savedLine.textContent = texts.textOver;
    var hand = function () { if (saver) saver.stopped = true; submitForm.submit(); };
    if (saver) saver.settled(8000, hand);
    else hand();
  }
  function askServer() {
    if (leaving) return;
    window.fetch(texts.clock, { headers: { Accept: "application/json" }, credentials: "same-origin" }).then(function (response) {
      return response.ok ? response.json() : null;
    }).then(function (state) {
      if (!state) return;
      if (!state.open) { leaving = true; window.location.assign(state.next); return; }
      setLeft(state.remaining);
      tick();
    }).catch(function () { /* offline: the clock goes on by itself */ });
  }
  if (endsAt !== null) {
    window.setInterval(tick, 1000);
    document.addEventListener("visibilitychange", function () { if (!document.hidden) askServer(); });
    window.addEventListener("pageshow", function (event) { if (event.persisted) askServer(); });
    tick();
  }
  if (!questions.length) return;

  // --- saving ----------------------------------------------------------------------------------------------------
  paper.classList.add("is-live");
  saver = new window.KefuSaver({
    id: texts.paper, client: texts.client, csrf: texts.csrf, sequence: Number(texts.sequence), tell: told
  });

  function told(news) {
    var waiting = saver ? saver.count() : 0;
    if (news.kind === "closed") { leaving = true; window.location.assign(news.next); return; }
    if (news.kind === "saved") {
      setLeft(news.remaining);
      mark(news.place, "answered", news.answered);
    }
    if (news.kind === "stale") note(fill(texts.textStale, news.place));
    var trouble = news.kind === "offline" || news.kind === "signed-out";
    savedLine.classList.toggle("is-trouble", trouble);
    if (news.kind === "saving") savedLine.textContent = texts.textSaving;
    else if (news.kind === "offline") savedLine.textContent = navigator.onLine === false ? texts.textOffline : fill(texts.textPending, waiting);
    else if (news.kind === "signed-out") savedLine.textContent = texts.textSignedOut;
    else if (news.kind === "saved") savedLine.textContent = texts.textSaved + " " + news.at;
    if (trouble) { if (!told.trouble) say(savedLine.textContent); } else if (told.trouble && news.kind === "saved") say(savedLine.textContent);
    if (news.kind !== "saving") told.trouble = trouble;
  }
  function note(text) { notice.textContent = text; notice.hidden = false; say(text); }

  function bodyOf(form) {
    var data = new URLSearchParams(new FormData(form));
    data.delete("csrf_token");
    return data.toString();
  }
  var lastBody = {};
  var typing = {};
  function save(form, place) {
    window.clearTimeout(typing[place]);
    delete typing[place];
    var body = bodyOf(form);
    if (lastBody[place] === body) return;
    lastBody[place] = body;
    saver.put(place, form.action, body);
    progress();
  }
  function saveAll() { Object.keys(typing).forEach(function (place) { save(formOf(place), place); }); }
  function formOf(place) { return document.getElementById("q" + place).querySelector("form[data-answer]"); }

  questions.forEach(function (question) {
    var place = question.dataset.question;
    var form = question.querySelector("form[data-answer]");
    restore(form, saver.pending[place]);
    lastBody[place] = saver.pending[place] ? saver.pending[place].body : bodyOf(form);
    form.addEventListener("change", function (event) {
      if (event.target.name === "answer") save(form, place);
    });
    form.addEventListener("input", function (event) {
      if (event.target.type === "radio" || event.target.type === "checkbox") return;
      window.clearTimeout(typing[place]);
      typing[place] = window.setTimeout(function () { save(form, place); }, 1200);
    });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      event.stopImmediatePropagation();
      save(form, place);
      go(1);
    });
    question.querySelector("[name=flagged]").addEventListener("click", function (event) {
      event.preventDefault();
      toggleFlag(event.currentTarget, place);
    });
  });

  // An answer that was not acknowledged before the browser went away is put back into its form.
  function restore(form, entry) {
    if (!entry) return;
    var values = new URLSearchParams(entry.body).getAll("answer");
    var fields = Array.prototype.slice.call(form.querySelectorAll("[name=answer]"));
    fields.forEach(function (field, number) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.indexOf(field.value) !== -1;
      else field.value = values[number] || "";
    });
  }

  function toggleFlag(button, place) {
    var on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    mark(place, "flagged", on);
    button.value = on ? "0" : "1";
    window.fetch(button.formAction, {
      method: "POST", credentials: "same-origin", body: new URLSearchParams({ flagged: on ? "1" : "0" }),
      headers: { Accept: "application/json", "X-CSRFToken": texts.csrf }
    }).catch(function () { /* a mark is a convenience; it shows until the page is left */ });
  }

  // --- palette and progress ---------------------------------------------------------------------------------------
  var links = {};
  Array.prototype.forEach.call(paper.querySelectorAll("[data-jump]"), function (link) { links[link.dataset.jump] = link; });
  function mark(place, what, on) {
    var link = links[place];
    if (!link) return;
    link.classList.toggle("is-" + what, Boolean(on));
    var words = [fill(texts.textNumber, place), link.classList.contains("is-answered") ? texts.textAnswered : texts.textOpen];
    if (link.classList.contains("is-flagged")) words.push(texts.textFlagged);
    link.setAttribute("aria-label", words.join("，"));
    progress();
  }
  function progress() {
    var done = paper.querySelectorAll("[data-jump].is-answered").length;
    paper.querySelector("[data-progress]").value = done;
    paper.querySelector("[data-count]").textContent = done + "/" + questions.length;
  }

  // --- one at a time, or the whole page ---------------------------------------------------------------------------
  var view = paper.querySelector("[data-view]");
  var current = 0;
  function single() { return paper.classList.contains("is-single"); }
  function setView(one) {
    paper.classList.toggle("is-single", one);
    view.setAttribute("aria-pressed", String(!one));
    try { window.localStorage.setItem("kefu-paper-view", one ? "single" : "page"); } catch (_error) { /* off */ }
  }
  function show(number, focus) {
    saveAll();
    current = Math.max(0, Math.min(questions.length - 1, number));
    questions.forEach(function (question, n) { question.classList.toggle("is-current", n === current); });
    Object.keys(links).forEach(function (place) {
      if (Number(place) === current + 1) links[place].setAttribute("aria-current", "true");
      else links[place].removeAttribute("aria-current");
    });
    paper.querySelector("[data-go='-1']").disabled = current === 0;
    paper.querySelector("[data-go='1']").disabled = current === questions.length - 1;
    if (focus) {
      questions[current].focus({ preventScroll: single() });
      if (single()) window.scrollTo(0, 0);
    }
  }
  function go(step) {
    if (current + step >= questions.length) { handIn.focus(); handIn.scrollIntoView({ block: "center" }); return; }
    show(current + step, true);
  }
  Array.prototype.forEach.call(paper.querySelectorAll("[data-go]"), function (button) {
    button.addEventListener("click", function () { go(Number(button.dataset.go)); });
  });
  Object.keys(links).forEach(function (place) {
    links[place].addEventListener("click", function (event) {
      event.preventDefault();
      show(Number(place) - 1, true);
    });
  });
  questions.forEach(function (question, n) {
    question.addEventListener("focusin", function () { if (n !== current) show(n, false); });
  });
  questions.forEach(function (question) { var link = links[question.dataset.question]; mark(question.dataset.question, "answered", link.classList.contains("is-answered")); });
  paper.querySelector("[data-steps]").hidden = false;
  view.hidden = false;
  view.addEventListener("click", function () { setView(!single()); show(current, true); });
  var stored = null;
  try { stored = window.localStorage.getItem("kefu-paper-view"); } catch (_error) { /* off */ }
  setView(stored !== "page");
  var asked = /^#q(\d+)$/.exec(window.location.hash);
  var firstOpen = questions.findIndex(function (question) { return !links[question.dataset.question].classList.contains("is-answered"); });
  show(asked ? Number(asked[1]) - 1 : Math.max(0, firstOpen), false);
  progress();

  // --- keyboard ---------------------------------------------------------------------------------------------------
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey && event.key === "Enter" && questions[current].contains(event.target)) { event.preventDefault(); go(1); return; }
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) return;
    var field = event.target;
    var writes = field instanceof HTMLElement && (field.tagName === "TEXTAREA" || field.tagName === "SELECT" || (field.tagName === "INPUT" && ["radio", "checkbox"].indexOf(field.type) === -1));
    if (writes) {
      if (event.key === "Enter" && field.tagName === "INPUT" && questions[current].contains(field)) {
        event.preventDefault();
        var blanks = Array.prototype.slice.call(questions[current].querySelectorAll("[name=answer]"));
        var next = blanks[blanks.indexOf(field) + 1];
        if (next) next.focus(); else go(1);
      }
      return;
    }
    var control = field instanceof HTMLElement && field.closest("a, button, summary");
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      go(event.key === "ArrowRight" ? 1 : -1);
    } else if (event.key === "Enter" && !control) {
      event.preventDefault();
      go(1);
    } else if (/^[1-9]$/.test(event.key)) {
      choose(Number(event.key) - 1, event);
    } else if (/^[a-hA-H]$/.test(event.key)) {
      choose(event.key.toUpperCase().charCodeAt(0) - 65, event);
    } else if (event.key === "m" || event.key === "M") {
      event.preventDefault();
      questions[current].querySelector("[name=flagged]").click();
    }
  });
  function choose(number, event) {
    var options = questions[current].querySelectorAll("input[type=radio][name=answer], input[type=checkbox][name=answer]");
    if (!options[number]) return;
    event.preventDefault();
    options[number].focus({ preventScroll: true });
    options[number].click();
  }

  // --- leaving ----------------------------------------------------------------------------------------------------
  var handIn = paper.querySelector("[data-hand-in]");
  handIn.addEventListener("click", function (event) {
    saveAll();
    if (!saver.count()) { leaving = true; return; }
    event.preventDefault();
    savedLine.textContent = texts.textSaving;
    saver.settled(8000, function (done) {
      if (done) { leaving = true; window.location.assign(handIn.href); }
      else note(fill(texts.textPending, saver.count()));
    });
  });
  window.addEventListener("pagehide", saveAll);
  window.addEventListener("beforeunload", function (event) {
    saveAll();
    if (saver.count() && !leaving) event.preventDefault();
  });
  saver.flush();
}());
