// Tells the platform that the registration is done (Dynamic Registration 1.0, 3.7). It may have
// opened this page in a frame or in a window of its own. The message says nothing that is secret.
"use strict";
for (const platform of [window.opener, window.parent]) {
  if (platform && platform !== window) {
    platform.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
  }
}
