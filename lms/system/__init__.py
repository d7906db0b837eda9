"""系统状态: what an administrator looks at when something is wrong."""
