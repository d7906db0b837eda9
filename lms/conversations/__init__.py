"""Chat import (formats, masking before anything is stored) and browsing."""
