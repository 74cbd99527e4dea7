"""The real thing in Chromium: the tool, its worker and the demo platform, all on loopback."""
