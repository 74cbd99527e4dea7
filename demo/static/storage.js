// Keeps data for tools, apart for each origin (LTI Client Side postMessages).
"use strict";
const kept = new Map();
addEventListener("message", (event) => {
  const { subject, message_id, key, value } = event.data || {};
  const place = `${event.origin} ${key}`;
  const answer = { subject: `${subject}.response`, message_id, key };
  if (subject === "lti.put_data") {
    kept.set(place, value);
    answer.value = value;
  } else if (subject === "lti.get_data") {
    answer.value = kept.get(place);
  } else if (subject === "lti.capabilities") {
    answer.supported_messages = ["lti.put_data", "lti.get_data"].map((each) => ({ subject: each }));
  } else return;
  event.source.postMessage(answer, event.origin);
});
