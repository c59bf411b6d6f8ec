// Before the first paint: the theme that was chosen on this device, else the system's.
try {
  const theme = localStorage.getItem("salescope.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be closed to the page; then the system's theme it is.
}
