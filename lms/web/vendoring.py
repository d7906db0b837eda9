"""Puts the browser libraries under static/vendor and writes static/VENDOR.md. Run by hand when a version changes.

    npm install --ignore-scripts @tabler/core@1.0.0 @tabler/icons@3.51.0 htmx.org@2.0.11 pdfjs-dist@4.10.38 \
        markdown-it@14.1.0
    python -m lms.web.vendoring path/to/node_modules

It copies the few files that pages load, builds one SVG sprite of the icons named in static/vendor/icons.txt, drops
references to source maps, and lists every file with version, licence, source and SHA-256. A test checks the sums.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
VENDOR = STATIC / "vendor"
ICON_LIST = VENDOR / "icons.txt"


@dataclass(frozen=True)
class Library:
    """An npm package, the folder it goes to (before the version), and its files: path in the package → name here."""

    package: str
    folder: str
    files: dict[str, str]
    why: str


# What PDFs made in China name without embedding: the character maps of GB 18030, GBK, Big5 and their Unicode kin.
CHARACTER_MAPS = (
    *(f"Adobe-GB1-{n}" for n in ("0", "1", "2", "3", "4", "5", "UCS2")),
    *(f"Adobe-CNS1-{n}" for n in ("0", "1", "2", "3", "4", "5", "6", "UCS2")),
    *(
        f"{name}-{direction}"
        for name in (
            *("GB", "GB-EUC", "GBpc-EUC", "GBK-EUC", "GBKp-EUC", "GBK2K"),
            *("UniGB-UCS2", "UniGB-UTF8", "UniGB-UTF16", "UniGB-UTF32"),
            *("B5pc", "ETen-B5", "ETenms-B5", "HKscs-B5", "CNS-EUC"),
            *("UniCNS-UCS2", "UniCNS-UTF8", "UniCNS-UTF16", "UniCNS-UTF32"),
        )
        for direction in "HV"
    ),
)
# The fourteen fonts that a PDF may name without embedding; Helvetica and its kin come from the system.
STANDARD_FONTS = (
    *("FoxitDingbats", "FoxitSymbol", "FoxitFixed", "FoxitFixedBold", "FoxitFixedItalic", "FoxitFixedBoldItalic"),
    *("FoxitSerif", "FoxitSerifBold", "FoxitSerifItalic", "FoxitSerifBoldItalic"),
)

LIBRARIES = (
    Library(
        "@tabler/core",
        "tabler",
        {"dist/css/tabler.min.css": "tabler.min.css", "dist/js/tabler.min.js": "tabler.min.js", "LICENSE": "LICENSE"},
        "样式与组件。用 1.0.0 而不用更新的版本：1.1 起样式依赖 color-mix()（Chrome 111），1.6 起依赖 light-dark()"
        "（Chrome 123），而 Windows 7 能装的最后一个 Chrome 是 109，不少店铺的旧电脑还在用它。",
    ),
    Library(
        "@tabler/icons", "tabler-icons", {"LICENSE": "LICENSE"}, "图标。只收 icons.txt 里列出的，合成一个 sprite.svg。"
    ),
    Library(
        "htmx.org",
        "htmx",
        {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"},
        "局部刷新。在 CSP 下运行：allowEval 关闭，不插入内联样式。",
    ),
    Library(
        "pdfjs-dist",
        "pdfjs",
        {
            "legacy/build/pdf.min.mjs": "pdf.min.js",
            "legacy/build/pdf.worker.min.mjs": "pdf.worker.min.js",
            "LICENSE": "LICENSE",
            **{f"cmaps/{name}.bcmap": f"{name}.bcmap" for name in CHARACTER_MAPS},
            "cmaps/LICENSE": "LICENSE_CMAPS",
            **{f"standard_fonts/{name}.pfb": f"{name}.pfb" for name in STANDARD_FONTS},
            "standard_fonts/LICENSE_FOXIT": "LICENSE_FOXIT",
        },
        "在页面里显示 PDF。用 4.10 的兼容版：5.x 要更新的浏览器，Chrome 109 打不开；字符表只收中文的，"
        "没有嵌入字体的中文 PDF 靠它显示。在 CSP 下运行：isEvalSupported 关闭。"
        "字符表 © Adobe，标准字体 © PDFium/Foxit，均为 BSD-3-Clause。",
    ),
    Library(
        "markdown-it",
        "markdown-it",
        {"dist/markdown-it.min.js": "markdown-it.min.js", "LICENSE": "LICENSE"},
        "编辑器在连不上服务器时的预览。关闭 HTML；只在编辑页载入。",
    ),
)


def icon_list() -> list[str]:
    """The names in icons.txt, in order, each once."""
    lines = ICON_LIST.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(name for line in lines if not line.startswith("#") for name in line.split()))


def build_sprite(icons: Path) -> str:
    """One SVG with a <symbol> for every listed icon of the package; names in -filled come from its filled icons."""
    symbols = []
    for name in icon_list():
        filled = name.endswith("-filled")
        source = icons / ("filled" if filled else "outline") / f"{name.removesuffix('-filled')}.svg"
        svg = source.read_text(encoding="utf-8")
        inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
        inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", inner)
        inner = re.sub(r"\s+", " ", inner).replace("> <", "><").replace(" />", "/>").strip()
        paint = ' fill="currentColor" stroke="none"' if filled else ""
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24"{paint}>{inner}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def vendor(node_modules: Path) -> None:
    """Replace static/vendor by what ``node_modules`` holds, and write VENDOR.md."""
    for old in VENDOR.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    rows, notes = [], []
    for library in LIBRARIES:
        source = node_modules / library.package
        meta = json.loads((source / "package.json").read_text(encoding="utf-8"))
        target = VENDOR / f"{library.folder}-{meta['version']}"
        target.mkdir(parents=True)
        for path, name in library.files.items():
            content = (source / path).read_bytes()
            content = re.sub(rb"\n?/[*/]# sourceMappingURL=\S+?(?: ?\*/)?\s*$", b"\n", content)
            (target / name).write_bytes(content)
        if library.folder == "tabler-icons":
            (target / "sprite.svg").write_text(build_sprite(source / "icons"), encoding="utf-8")
        for copied in sorted(target.iterdir()):
            relative = copied.relative_to(STATIC).as_posix()
            facts = (
                f"`{relative}`",
                meta["version"],
                meta["license"],
                f"npm `{library.package}`",
                f"`{checksum(copied)}`",
            )
            rows.append(f"| {' | '.join(facts)} |")
        notes.append(f"- **{library.package} {meta['version']}**：{library.why}")
    (STATIC / "VENDOR.md").write_text(
        "# 随附的浏览器库\n\n由 `python -m lms.web.vendoring` 生成，请勿手改；"
        "做法见 `lms/web/vendoring.py` 开头。页面不从任何外部地址加载文件。\n\n"
        + "\n".join(notes)
        + "\n\n| 文件 | 版本 | 许可 | 来源 | SHA-256 |\n|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    vendor(Path(sys.argv[1]))
