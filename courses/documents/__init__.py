"""Word, PowerPoint and PDF files as pages."""
