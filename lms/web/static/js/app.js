// The shell's behaviour. Everything works without it; this makes it quicker to use. No eval, no inline script.
(function () {
  "use strict";
  var doc = document;

  function on(type, selector, handler) {
    doc.addEventListener(type, function (event) {
      var found = event.target instanceof Element && event.target.closest(selector);
      if (found) handler(event, found);
    });
  }

  // --- drawer (phones) ---------------------------------------------------------------------------------------
  var drawer = doc.querySelector("[data-drawer]");
  var opener = null;
  function setDrawer(open, from) {
    if (!drawer) return;
    doc.body.classList.toggle("drawer-open", open);
    Array.prototype.forEach.call(doc.querySelectorAll("[data-drawer-open]"), function (button) {
      button.setAttribute("aria-expanded", String(open));
    });
    ["main", "tabbar", "topbar"].forEach(function (name) {
      var part = doc.querySelector("." + name);
      if (part) part.inert = open;
    });
    if (open) {
      opener = from;
      var first = drawer.querySelector("[aria-current], .side-link");
      if (first) first.focus();
    } else if (opener) {
      opener.focus();
      opener = null;
    }
  }
  on("click", "[data-drawer-open]", function (event, link) {
    event.preventDefault();
    setDrawer(true, link);
  });
  on("click", "[data-drawer-close]", function (event) {
    event.preventDefault();
    setDrawer(false);
  });

  // --- menus (details elements) ------------------------------------------------------------------------------
  function closeMenus(except) {
    Array.prototype.forEach.call(doc.querySelectorAll("details[data-menu][open]"), function (menu) {
      if (menu !== except) menu.open = false;
    });
  }
  doc.addEventListener("click", function (event) {
    closeMenus(event.target instanceof Element ? event.target.closest("details[data-menu]") : null);
  });

  // --- theme -------------------------------------------------------------------------------------------------
  on("change", "[data-theme-choice] input", function (event, input) {
    window.kefuTheme(input.value);
    Array.prototype.forEach.call(doc.querySelectorAll("[data-theme-choice] input"), function (other) {
      other.checked = other.value === input.value;
    });
  });

  // --- dialogs: data-confirm on a button or a form asks first ------------------------------------------------
  var confirmDialog = doc.getElementById("confirm-dialog");
  function ask(source, then) {
    var text = source.dataset.confirm;
    if (!confirmDialog || !confirmDialog.showModal) {
      if (window.confirm(text)) then();
      return;
    }
    var hint = doc.getElementById("confirm-hint");
    var yes = confirmDialog.querySelector("[value=yes]");
    doc.getElementById("confirm-text").textContent = text;
    hint.textContent = source.dataset.confirmHint || "";
    hint.hidden = !source.dataset.confirmHint;
    var danger = source.classList && /btn-(outline-|ghost-)?danger/.test(source.className);
    yes.className = "btn " + (danger ? "btn-danger" : "btn-primary");
    yes.textContent = source.dataset.confirmLabel || yes.dataset.default;
    confirmDialog.returnValue = "no";
    confirmDialog.showModal();
    confirmDialog.addEventListener("close", function () {
      if (confirmDialog.returnValue === "yes") then();
    }, { once: true });
  }
  doc.addEventListener("submit", function (event) {
    var form = event.target;
    var source = event.submitter && event.submitter.dataset.confirm ? event.submitter : form.dataset.confirm ? form : null;
    if (!source || form.dataset.confirmed) {
      delete form.dataset.confirmed;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    var submitter = event.submitter;
    ask(source, function () {
      form.dataset.confirmed = "1";
      if (form.requestSubmit) form.requestSubmit(submitter || undefined);
      else form.submit();
    });
  }, true);
  // hx-confirm goes through the same dialog.
  doc.addEventListener("htmx:confirm", function (event) {
    if (!event.detail.question) return;
    event.preventDefault();
    ask({ dataset: { confirm: event.detail.question } }, function () { event.detail.issueRequest(true); });
  });

  // --- forms -------------------------------------------------------------------------------------------------
  // data-autosubmit on a filter form: sends when a choice changes. A form is sent once, however often one clicks.
  on("change", "form[data-autosubmit] select, form[data-autosubmit] input:not([type=text]):not([type=search])", function (event, field) {
    if (field.form.requestSubmit) field.form.requestSubmit();
    else field.form.submit();
  });
  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.target) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.closest("[hx-post], [data-hx-post]") || form.hasAttribute("hx-put")) return;
    form.dataset.sent = "1";
    if (event.submitter) event.submitter.classList.add("is-sending");
    window.setTimeout(function () { forget(form); }, 8000);  // a download leaves the page where it is
  });
  function forget(form) {
    delete form.dataset.sent;
    Array.prototype.forEach.call(form.querySelectorAll(".is-sending"), function (button) { button.classList.remove("is-sending"); });
  }
  window.addEventListener("pageshow", function () { Array.prototype.forEach.call(doc.forms, forget); });

  // --- notices -----------------------------------------------------------------------------------------------
  var toasts = doc.getElementById("toasts");
  function toast(text, tone) {
    var note = doc.createElement("div");
    note.className = "toast-note toast-note-" + (tone || "info");
    note.textContent = text;
    toasts.appendChild(note);
    window.setTimeout(function () { note.remove(); }, 6000);
  }
  on("click", "[data-dismiss]", function (event, button) {
    var note = button.closest(".toast-note, .alert");
    if (note) note.remove();
  });
  doc.addEventListener("htmx:beforeSwap", function (event) {
    var xhr = event.detail.xhr;
    if (xhr.status < 400 || xhr.status === 422) return;
    if (xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
    else toast(toasts.dataset.trouble, "danger");
  });
  ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
    doc.addEventListener(name, function () { toast(toasts.dataset.offline, "danger"); });
  });
  // A view may say something through the header HX-Trigger: {"toast": "已保存"} or {"toast": {"text": …, "tone": …}}.
  doc.body.addEventListener("toast", function (event) {
    var said = event.detail || {};
    toast(said.text || said.value || "", said.tone || "success");
  });

  // --- keyboard ----------------------------------------------------------------------------------------------
  var lead = 0;
  function typing(target) {
    return target instanceof Element && target.closest("input, textarea, select, [contenteditable=true], dialog");
  }
  doc.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      closeMenus(null);
      if (doc.body.classList.contains("drawer-open")) setDrawer(false);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "?") {
      var keys = doc.getElementById("keys-dialog");
      if (keys && keys.showModal) keys.showModal();
    } else if (event.key === "/") {
      var search = doc.querySelector("main input[type=search], main [data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    } else if (event.key === "g") {
      lead = Date.now();
    } else if (event.key === "h" && Date.now() - lead < 1200) {
      var home = doc.querySelector("a.brand");
      if (home) location.assign(home.href);
    }
  });

  // --- the sidebar shows where one is, however long it is ---
  var nav = doc.querySelector(".side-nav");
  var here = nav && nav.querySelector("[aria-current]");
  if (here && here.offsetTop + here.offsetHeight > nav.scrollTop + nav.clientHeight) {
    nav.scrollTop = here.offsetTop - nav.clientHeight / 2;
  }

  // --- small things ------------------------------------------------------------------------------------------
  // A page may list its own keys for the overlay: <template data-keys><div><dt>…</dt><dd>…</dd></div></template>
  var extra = doc.querySelector("template[data-keys]");
  var list = doc.querySelector("#keys-dialog .keys");
  if (extra && list) list.prepend(extra.content.cloneNode(true));
  var back = doc.querySelector("[data-back]");
  if (back && history.length > 1) {
    back.hidden = false;
    back.addEventListener("click", function () { history.back(); });
  }
  var focus = doc.querySelector("[data-focus]");
  if (focus) focus.focus();
  on("click", "[data-print]", function () { window.print(); });
  on("click", "[data-copy]", function (event, button) {
    if (!navigator.clipboard) return;
    navigator.clipboard.writeText(button.dataset.copy).then(function () { toast(button.dataset.copied || button.dataset.copy, "success"); });
  });
})();
