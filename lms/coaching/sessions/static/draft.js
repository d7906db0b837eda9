// Keeps the notes of a session while one writes, and adds lines to the plan. Without it the buttons save.
(function () {
  "use strict";
  var form = document.querySelector("form[data-draft]");
  if (!form) return;
  var texts = form.dataset;
  var status = form.querySelector("[data-status]");
  var seal = document.querySelector("input[name=seal]");
  var timer = 0;
  var dirty = false;
  var busy = false;
  var stopped = false;
  var leaving = false;
  function say(text, trouble) {
    status.textContent = text;
    status.classList.toggle("is-trouble", Boolean(trouble));
  }
  function later(wait) {
    dirty = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, wait || 900);
  }
  function save() {
    if (!dirty || busy || stopped || leaving) return;
    dirty = false;
    busy = true;
    say(texts.saving);
    window.fetch(texts.draft, {
      method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", headers: { Accept: "application/json" }
    }).then(function (response) {
      if (!/json/.test(response.headers.get("Content-Type") || "")) throw new Error(String(response.status));
      return response.json().then(function (answer) {
        busy = false;
        if (!answer.saved) {
          stopped = response.status === 409 || response.status === 404;
          say(answer.message, true);
          return;
        }
        form.elements.rev.value = answer.rev;
        if (seal) seal.value = answer.seal;
        say(texts.saved.replace("{at}", answer.at));
        if (dirty) later();
      });
    }).catch(function () {
      busy = false;
      say(texts.failed, true);
      later(5000);
    });
  }
  form.addEventListener("input", function () { later(); });
  // Buttons save themselves; what is on its way would make their revision an old one.
  form.addEventListener("submit", function (event) {
    if (!busy) { leaving = true; window.clearTimeout(timer); return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    var submitter = event.submitter;
    window.setTimeout(function () { form.requestSubmit(submitter || undefined); }, 200);
  }, true);
  window.addEventListener("pageshow", function () { leaving = false; });
  window.addEventListener("pagehide", function () {
    if (dirty && !busy && !stopped && !leaving && navigator.sendBeacon) navigator.sendBeacon(texts.draft, new URLSearchParams(new FormData(form)));
  });

  var plan = form.querySelector("[data-plan]");
  var add = form.querySelector("[data-add]");
  function rows() { return plan.querySelectorAll(".coach-plan-row"); }
  add.hidden = false;
  add.addEventListener("click", function () {
    var all = rows();
    var n = all.length;
    var made = all[n - 1].cloneNode(true);
    Array.prototype.forEach.call(made.querySelectorAll("input"), function (input) {
      input.value = "";
      input.placeholder = "";
      input.name = input.name.replace(/\d+$/, n);
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, n + 1));
    });
    plan.appendChild(made);
    made.querySelector("input").focus();
    if (n + 1 >= Number(plan.dataset.most)) add.hidden = true;
  });
}());
