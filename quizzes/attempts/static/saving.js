// Saves answers one by one. An answer that the server has not acknowledged stays in localStorage, also after the
// browser was closed, and is sent again until it is. Sequence numbers rise with every save of this attempt, so that
// a late older save never replaces a newer one on the server.
(function () {
  "use strict";
  var KEY = "kefu-attempt-";
  var RETRY = [1000, 2000, 4000, 8000, 15000, 30000];
  var TIMEOUT = 15000;
  var FRESH = 5000;  // an action sent within this time is newer than whatever another window saved before
  var KEEP_DAYS = 7;

  function load(id) {
    try {
      return JSON.parse(window.localStorage.getItem(KEY + id)) || {};
    } catch (_error) {
      return {};
    }
  }

  function forgetOld(current) {
    try {
      Object.keys(window.localStorage).forEach(function (name) {
        if (name.indexOf(KEY) !== 0 || name === KEY + current) return;
        var stored = JSON.parse(window.localStorage.getItem(name)) || {};
        if (Date.now() - (stored.touched || 0) > KEEP_DAYS * 86400000) window.localStorage.removeItem(name);
      });
    } catch (_error) { /* storage is off: answers are still sent, only not kept over a crash */ }
  }

  function Saver(options) {
    var stored = load(options.id);
    this.id = options.id;
    this.client = options.client;
    this.csrf = options.csrf;
    this.tell = options.tell;
    this.sequence = Math.max(options.sequence || 0, stored.sequence || 0);
    this.pending = stored.pending || {};
    for (var place in this.pending) this.pending[place].at = -1e12;  // of an earlier page: never fresh
    this.sending = {};
    this.failures = 0;
    this.timer = null;
    this.stopped = false;
    forgetOld(options.id);
    var self = this;
    window.addEventListener("online", function () { self.failures = 0; self.flush(); });
    window.addEventListener("storage", function (event) {
      if (event.key !== KEY + self.id || !event.newValue) return;
      self.sequence = Math.max(self.sequence, (load(self.id).sequence || 0));
    });
  }

  Saver.prototype.count = function () { return Object.keys(this.pending).length; };

  Saver.prototype.store = function () {
    try {
      if (this.count()) {
        window.localStorage.setItem(KEY + this.id, JSON.stringify({ sequence: this.sequence, pending: this.pending, touched: Date.now() }));
      } else {
        window.localStorage.setItem(KEY + this.id, JSON.stringify({ sequence: this.sequence, touched: Date.now() }));
      }
    } catch (_error) { /* full or off */ }
  };

  Saver.prototype.clear = function () {
    this.pending = {};
    this.stopped = true;
    window.clearTimeout(this.timer);
    try { window.localStorage.removeItem(KEY + this.id); } catch (_error) { /* off */ }
  };

  // place: the position of the question; body: the answer as form data without the token.
  Saver.prototype.put = function (place, url, body) {
    this.sequence = Math.max(this.sequence, load(this.id).sequence || 0) + 1;
    this.pending[place] = { url: url, body: body, sequence: this.sequence, at: window.performance.now(), client: this.client };
    this.store();
    this.send(place);
  };

  Saver.prototype.flush = function () {
    var self = this;
    Object.keys(this.pending).forEach(function (place) { self.send(place); });
  };

  Saver.prototype.send = function (place) {
    var self = this;
    var entry = this.pending[place];
    if (!entry || this.sending[place] || this.stopped) return;
    this.sending[place] = true;
    this.tell({ kind: "saving" });
    var body = new URLSearchParams(entry.body);
    body.set("sequence", String(entry.sequence));
    body.set("client", entry.client);
    var abort = new AbortController();
    var limit = window.setTimeout(function () { abort.abort(); }, TIMEOUT);
    window.fetch(entry.url, {
      method: "POST",
      body: body,
      credentials: "same-origin",
      keepalive: entry.body.length < 30000,  // goes out although the page is being left
      signal: abort.signal,
      headers: { Accept: "application/json", "X-CSRFToken": this.csrf }
    }).then(function (response) {
      var json = (response.headers.get("Content-Type") || "").indexOf("json") !== -1;
      if (!json) throw { kind: response.ok || response.status === 400 || response.status === 401 || response.status === 403 ? "signed-out" : "offline" };
      return response.json().then(function (receipt) { self.received(place, entry, receipt); });
    }).catch(function (error) {
      self.failed(error && error.kind === "signed-out" ? "signed-out" : "offline");
    }).then(function () {
      window.clearTimeout(limit);
      delete self.sending[place];
      if (self.pending[place] && self.pending[place] !== entry) self.send(place);
    });
  };

  Saver.prototype.received = function (place, entry, receipt) {
    this.failures = 0;
    if (receipt.closed) {
      this.clear();
      this.tell({ kind: "closed", next: receipt.next });
      return;
    }
    this.sequence = Math.max(this.sequence, receipt.sequence || 0);
    if (this.pending[place] === entry) {
      var age = window.performance.now() - entry.at;
      if (receipt.stale && age >= 0 && age < FRESH && !entry.raised) {
        // Another window saved with a higher number before; what was just chosen here is newer all the same.
        entry.raised = true;
        this.sequence += 1;
        this.pending[place] = { url: entry.url, body: entry.body, sequence: this.sequence, at: entry.at, client: entry.client, raised: true };
      } else {
        delete this.pending[place];
        if (receipt.stale) this.tell({ kind: "stale", place: place });
      }
    }
    this.store();
    this.tell({ kind: "saved", at: receipt.at, place: place, answered: receipt.answered, remaining: receipt.remaining });
  };

  Saver.prototype.failed = function (kind) {
    var self = this;
    if (this.stopped) return;
    var wait = RETRY[Math.min(this.failures, RETRY.length - 1)];
    this.failures += 1;
    this.tell({ kind: kind, waiting: this.count() });
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(function () { self.flush(); }, wait);
  };

  // Calls back with true as soon as nothing waits any more, with false after `patience` milliseconds.
  Saver.prototype.settled = function (patience, then) {
    var self = this;
    var until = window.performance.now() + patience;
    this.flush();
    (function look() {
      if (!self.count()) return then(true);
      if (window.performance.now() > until) return then(false);
      window.setTimeout(look, 100);
    }());
  };

  window.KefuSaver = Saver;
}());
