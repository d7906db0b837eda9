// Watching a lesson's video: it goes on where it stopped, and what was really played is told to the server.
// A stretch is told as "from, to, how long it took, how long ago it ended"; the server decides what counts.
// Stretches that were not told yet also lie in localStorage, so that a closed tab or a lost network costs nothing.
(function () {
  "use strict";
  var box = document.querySelector("[data-watch]");
  var video = box && box.querySelector("[data-video]");
  if (!video) return;
  var known = JSON.parse(box.dataset.watch);
  var EVERY = 15000;      // how often the server is told, and the longest stretch
  var LEAST = 0.2;        // seconds: shorter ones are no stretch
  var FASTEST = 2;
  var MOST = 200;         // stretches in one request
  var token = "";
  try { token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]; } catch (error) { /* a page without one */ }

  function find(name) { return box.querySelector("[data-watch-" + name + "]"); }
  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; });
  }
  function clock(seconds) {
    var whole = Math.floor(seconds);
    return Math.floor(whole / 60) + ":" + ("0" + whole % 60).slice(-2);
  }

  // --- the bar -------------------------------------------------------------------------------------------------
  var bar = find("bar");
  var text = find("text");
  find("goal").style.left = known.cover + "%";
  function draw(seen, length, percent, completed) {
    Array.prototype.forEach.call(bar.querySelectorAll(".watch-part"), function (part) { part.remove(); });
    if (length) {
      seen.forEach(function (span) {
        var part = document.createElement("span");
        part.className = "watch-part";
        part.style.left = 100 * span[0] / length + "%";
        part.style.width = 100 * (span[1] - span[0]) / length + "%";
        bar.appendChild(part);
      });
    }
    var said = fill(completed ? text.dataset.done : text.dataset.open, { percent: percent, cover: known.cover });
    if (text.textContent.trim() !== said) text.textContent = said;
    box.classList.toggle("is-done", completed);
  }
  draw(known.seen, known.seconds, known.percent, known.completed);

  // --- what was not told yet, by session: {token: {seq, beats: [[seq, from, to, wall, ended]]}} -------------------
  var mine = { seq: 0, beats: [] };
  var left = {};          // of earlier openings of this page, whose tab was closed
  var stored = {};
  try { stored = JSON.parse(window.localStorage.getItem(known.key) || "{}"); } catch (error) { stored = {}; }
  Object.keys(stored.sessions || {}).forEach(function (session) {
    if (session !== known.session) left[session] = stored.sessions[session];
  });
  function keep() {
    // Another tab may have stored something of its own meanwhile: only what this page answers for is replaced.
    try {
      var now = JSON.parse(window.localStorage.getItem(known.key) || "{}");
      var sessions = now.sessions || {};
      delete sessions[known.session];
      Object.keys(gone).forEach(function (session) { delete sessions[session]; });
      if (mine.beats.length) sessions[known.session] = mine.beats;
      if (Object.keys(sessions).length) {
        window.localStorage.setItem(known.key, JSON.stringify({ sessions: sessions, position: video.currentTime }));
      } else {
        window.localStorage.removeItem(known.key);
      }
    } catch (error) { /* no storage: then what was not told goes with the tab */ }
  }
  var gone = {};

  // --- stretches -----------------------------------------------------------------------------------------------
  var from = null;        // where the running stretch began, in the video
  var to = 0;             // how far it came
  var wall = 0;           // seconds it took
  var last = 0;           // when it was looked at last
  function close() {
    if (from !== null && to - from >= LEAST && wall > 0) {
      mine.beats.push([mine.seq++, round(from), round(to), round(wall), Date.now() - (performance.now() - last)]);
      keep();
    }
    from = null;
  }
  function round(seconds) { return Math.round(seconds * 1000) / 1000; }
  function look() {
    var now = performance.now();
    var at = video.currentTime;
    if (from !== null) {
      var took = (now - last) / 1000;
      var went = at - to;
      // What went further than time allows is a jump: it belongs to no stretch.
      if (went < -0.05 || went > took * Math.min(FASTEST, video.playbackRate || 1) + 0.35) {
        close();
      } else {
        wall += took;
        to = Math.max(to, at);
      }
    }
    last = now;
    if (from === null && !video.paused && !video.seeking && !video.ended) {
      from = to = at;
      wall = 0;
    } else if (from !== null && wall >= EVERY / 1000) {
      close();
      from = to = at;
      wall = 0;
    }
  }
  function stop() {
    look();
    close();
  }
  video.addEventListener("playing", look);
  video.addEventListener("timeupdate", look);
  ["pause", "waiting", "ended"].forEach(function (name) { video.addEventListener(name, stop); });
  video.addEventListener("seeking", close);
  video.addEventListener("seeked", look);
  video.addEventListener("ratechange", function () {
    stop();
    if (video.playbackRate > FASTEST) video.playbackRate = FASTEST;
    look();
    press(video.playbackRate);
  });

  // --- telling -------------------------------------------------------------------------------------------------
  var busy = false;
  var over = false;       // the server takes nothing from this page any more
  var trouble = find("trouble");
  function say(name) {
    trouble.hidden = !name;
    if (name) trouble.textContent = trouble.dataset[name];
  }
  function message(session, beats) {
    var now = Date.now();
    return JSON.stringify({
      session: session,
      version: known.version,
      position: round(video.currentTime),
      seconds: isFinite(video.duration) ? round(video.duration) : 0,
      beats: beats.map(function (b) {
        return { seq: b[0], from: b[1], to: b[2], wall: b[3], ago: Math.max(0, round((now - b[4]) / 1000)) };
      })
    });
  }
  function send(session, beats, keepalive) {
    return window.fetch(known.url, {
      method: "POST",
      body: message(session, beats),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: keepalive
    });
  }
  function took(session, beats) {
    if (session === known.session) {
      var top = beats.length ? beats[beats.length - 1][0] : -1;
      mine.beats = mine.beats.filter(function (b) { return b[0] > top; });
    } else {
      left[session] = left[session].slice(beats.length);
      if (!left[session].length) {
        delete left[session];
        gone[session] = true;
      }
    }
    keep();
  }
  function tell(force) {
    if (busy || over) return;
    var older = Object.keys(left)[0];
    var session = older || known.session;
    var beats = (older ? left[older] : mine.beats).slice(0, MOST);
    if (!beats.length && !force) return;
    busy = true;
    send(session, beats, false).then(function (answer) {
      if (answer.type === "opaqueredirect" || answer.status === 401) {
        busy = false;
        say("signedOut");
        return null;
      }
      if (answer.status >= 500 || answer.status === 429) throw new Error("later");
      if (!answer.ok) {
        busy = false;
        // Stretches of an old opening that are not taken are given up; this page itself has to be loaded anew.
        if (older) took(session, left[session]);
        else over = true;
        say(older ? "" : "stale");
        if (older) tell(true);
        return null;
      }
      return answer.json().then(function (now) {
        busy = false;
        took(session, beats);
        say("");
        draw(now.covered, now.seconds, now.percent, now.completed);
        if (Object.keys(left).length || mine.beats.length >= MOST) tell(true);
      });
    }).catch(function () {
      busy = false;
      if (mine.beats.length || older) say("offline");
    });
  }
  window.setInterval(function () {
    look();
    if (!video.paused) stop();
    look();
    tell(false);
  }, EVERY);
  video.addEventListener("pause", function () { tell(true); });
  video.addEventListener("ended", function () { tell(true); });
  window.addEventListener("online", function () { tell(true); });
  function leave() {
    stop();
    keep();
    if (!over && !Object.keys(left).length && (mine.beats.length || video.currentTime)) {
      send(known.session, mine.beats.slice(-MOST), true).catch(function () { /* localStorage has it */ });
    }
    look();
  }
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") leave(); });

  // --- going on where it stopped -------------------------------------------------------------------------------
  var resumed = find("resumed");
  var position = Object.keys(left).length && stored.position ? stored.position : known.position;
  function resume() {
    if (position > 2 && position < video.duration - 2) {
      video.currentTime = position;
      resumed.querySelector("span").textContent = fill(resumed.dataset.text, { time: clock(position) });
      resumed.hidden = false;
    }
  }
  if (video.readyState >= 1) resume();
  else video.addEventListener("loadedmetadata", resume, { once: true });
  find("restart").addEventListener("click", function () {
    video.currentTime = 0;
    resumed.hidden = true;
    video.focus();
  });
  video.addEventListener("playing", function () { resumed.hidden = true; });

  // --- speed and keys ------------------------------------------------------------------------------------------
  var speeds = find("speeds");
  speeds.hidden = false;
  function press(rate) {
    Array.prototype.forEach.call(speeds.querySelectorAll("[data-speed]"), function (button) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === rate));
    });
  }
  speeds.addEventListener("click", function (event) {
    var button = event.target.closest("[data-speed]");
    if (button) video.playbackRate = Number(button.dataset.speed);
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, button, a, video, dialog")) return;
    if (event.key === " " || event.key === "k") {
      event.preventDefault();
      if (video.paused) video.play().catch(function () { /* the browser said no */ });
      else video.pause();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      video.currentTime = Math.max(0, video.currentTime + (event.key === "ArrowLeft" ? -5 : 5));
    }
  });

  if (Object.keys(left).length) tell(true);
})();
