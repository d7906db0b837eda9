"""The ``lms`` command. Names of commands are a contract; ``--json`` prints one JSON object on stdout."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

import click
from flask import Flask

from lms import __version__
from lms.config import ConfigError, settings
from lms.kernel.errors import DomainError


def echo_json(value: Any) -> None:
    """One JSON value on stdout, Chinese kept readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


class LmsGroup(click.Group):
    """The command with its plugins' sub-commands; plugins load only when one of them is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._offered()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or self._offered().get(cmd_name)

    def _offered(self) -> dict[str, click.Command]:
        from lms.kernel.plugins import plugins

        return {command.name or "": command for command in plugins().all("commands")}

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Turn errors for people into a message and an exit code instead of a traceback."""
        try:
            return super().main(*args, **kwargs)
        except (DomainError, ConfigError) as error:
            if "--json" in sys.argv:
                parts = {"message": getattr(error, "message", str(error))}
                parts |= {key: text for key in ("where", "hint") if (text := getattr(error, key, ""))}
                echo_json({"error": parts})
            click.secho(f"错误：{error}", fg="red", err=True)
            sys.exit(1)


def _app(ctx: click.Context) -> Flask:
    """The app of this call, with an up-to-date home, its context pushed until the command ends."""
    if not isinstance(ctx.obj, Flask):
        from lms.app import create_app
        from lms.kernel.setup import prepare

        ctx.obj = app = create_app({"JOBS_INLINE": True})
        ctx.find_root().obj = app
        ctx.find_root().with_resource(app.app_context())
        for line in prepare(app):
            click.echo(line, err=True)
    return ctx.obj


@click.group(cls=LmsGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="Kefu LMS 客服学堂")
@click.pass_context
def main(ctx: click.Context) -> None:
    """客服学堂：电商客服团队的培训与认证。数据都在 LMS_HOME（默认 ./lms-data）。"""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    own = {"serve", "jobs", "restore", "doctor", "init", None}
    if ctx.invoked_subcommand not in own and not ctx.resilient_parsing and not {"-h", "--help"} & set(sys.argv):
        _app(ctx)


@main.command()
@click.pass_context
def init(ctx: click.Context) -> None:
    """建立或升级数据库；首次运行时创建管理员和一次性密码。"""
    _app(ctx)
    click.echo(f"已就绪：{settings().home}")


@main.command()
@click.option("--demo", is_flag=True, help="空目录时先装入演示店铺")
@click.option("--host", default=None, help="监听地址，默认 127.0.0.1")
@click.option("--port", default=None, type=click.IntRange(1, 65535), help="端口，默认 8000")
@click.option("--workers", default=None, type=click.IntRange(1, 64), help="网页进程数，默认 2")
@click.pass_context
def serve(ctx: click.Context, demo: bool, host: str | None, port: int | None, workers: int | None) -> None:
    """启动网页和后台任务，按 Ctrl+C 结束。"""
    from lms.kernel.serving import serve_forever

    config = settings()
    host, port = host or config.host, port or config.port
    # The processes that this one starts read their settings anew, and must know where people reach them.
    os.environ |= {"LMS_HOST": host, "LMS_PORT": str(port)}
    settings.cache_clear()
    serve_forever(
        config,
        host=host,
        port=port,
        workers=workers or config.workers,
        prepare_with=["demo", "--if-empty"] if demo else ["init"],
    )


@main.command(hidden=True)
@click.option("--threads", default=1, type=click.IntRange(1, 16))
@click.option("--with-parent", is_flag=True, help="end when the process that started this one ends")
def jobs(threads: int, with_parent: bool) -> None:
    """Be the job process (``serve`` starts one)."""
    from lms.app import create_app
    from lms.kernel.jobs import consume
    from lms.kernel.serving import end_with_parent

    if with_parent:
        end_with_parent()
    consume(create_app(), workers=threads)


@main.group("plugins")
def plugins_group() -> None:
    """插件。"""


@plugins_group.command("list")
@click.option("--json", "as_json", is_flag=True)
def plugins_list(as_json: bool) -> None:
    """列出插件及其状态。"""
    from lms.kernel.plugins import plugins

    rows = [
        {"name": p.name, "module": p.module, "distribution": p.distribution, "enabled": p.enabled, "error": p.error}
        for p in plugins().found
    ]
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        click.echo(f"{'开' if row['enabled'] else '关'}  {row['name']:<16} {row['module']}  {row['error']}")


@main.command()
@click.option("--json", "as_json", is_flag=True)
def doctor(as_json: bool) -> None:
    """检查安装、数据库、队列、插件，量一量体积、启动时间和内存。"""
    from lms.app import create_app
    from lms.kernel.doctor import examine

    checks = examine(create_app({"JOBS_INLINE": True}))
    if as_json:
        echo_json({"ok": all(c.ok for c in checks), "checks": [vars(c) for c in checks]})
    else:
        for check in checks:
            click.echo(f"{'正常' if check.ok else '问题'}  {check.name}：{check.detail}")
    sys.exit(0 if all(check.ok for check in checks) else 1)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--json", "as_json", is_flag=True)
def backup(file: str, as_json: bool) -> None:
    """备份数据库、文件和密钥到一个 zip；运行中也可以备份。"""
    from pathlib import Path

    from lms.kernel.backups import make_backup

    made = make_backup(Path(file))
    if as_json:
        echo_json({"file": file, "files": made.files, "bytes": made.size, "sha256": made.sha256})
    else:
        click.echo(f"已备份到 {file}：{made.files} 个文件，{made.size / 1e6:.1f} MB，SHA-256 {made.sha256}")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="LMS_HOME 里已有数据时，先移到一旁再恢复")
@click.option("--json", "as_json", is_flag=True)
def restore(file: str, force: bool, as_json: bool) -> None:
    """从备份恢复；逐个核对校验和，不符则什么都不改。"""
    from pathlib import Path

    from lms.kernel.backups import restore_backup

    done = restore_backup(Path(file), force=force)
    if as_json:
        echo_json({"files": done.files, "checked": done.checked, "moved_aside": done.moved_aside})
    else:
        aside = f"，原有数据已移到 {done.moved_aside}" if done.moved_aside else ""
        click.echo(f"已恢复 {done.files} 个文件，校验和全部相符{aside}。")


if __name__ == "__main__":
    main()
