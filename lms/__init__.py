"""客服学堂 · Kefu LMS: the host and the plugins that every install has."""

__version__ = "0.1.0"
