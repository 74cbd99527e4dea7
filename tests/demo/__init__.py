"""The demo LMS, driven from outside by a scripted tool and by a browser."""
