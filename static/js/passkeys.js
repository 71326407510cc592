// Beside allauth's scripts, which talk to the authenticator: says when that failed.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-error").hidden = false;
});
