// Markdown in the browser, for the editor's preview when the server can't be reached. HTML of the author's stays text;
// the dialect's blocks are shown simply, pictures by their names.
(function () {
  "use strict";
  var BLOCKS = {
    chat: "对话", "对话": "对话", rule: "平台规则", "平台规则": "平台规则", selfcheck: "自测", "自测": "自测",
    checklist: "清单", "清单": "清单", "對話": "對話", "平台規則": "平台規則", "平臺規則": "平臺規則", "自測": "自測", "清單": "清單"
  };
  var converter = null;

  function make() {
    var md = window.markdownit({ html: false, linkify: false, typographer: false });
    var plainFence = md.renderer.rules.fence;
    md.renderer.rules.fence = function (tokens, i, options, env, self) {
      var words = tokens[i].info.trim().split(/\s+/);
      if (!Object.prototype.hasOwnProperty.call(BLOCKS, words[0])) return plainFence(tokens, i, options, env, self);
      var title = [BLOCKS[words[0]]].concat(words.slice(1)).join(" ");
      var lines = tokens[i].content.split("\n").filter(function (line) { return line.trim(); });
      return '<div class="offline-block"><p class="offline-block-head">' + md.utils.escapeHtml(title) + "</p>" +
        lines.map(function (line) { return "<p>" + md.utils.escapeHtml(line) + "</p>"; }).join("") + "</div>";
    };
    md.renderer.rules.image = function (tokens, i) {
      return '<span class="offline-file">' + md.utils.escapeHtml(tokens[i].content || "media") + "</span>";
    };
    return md;
  }

  // Safe HTML of a text, or "" where the library is missing.
  window.kefuOfflineMarkdown = function (text) {
    if (!window.markdownit) return "";
    converter = converter || make();
    return '<div class="prose lesson-body">' + converter.render(text) + "</div>";
  };
})();
