// Runs before the first paint: a page whose theme is "auto" takes the system's; what only a script unfolds may be folded.
const root = document.documentElement;
root.classList.add("scripted");
if (root.dataset.theme === "auto") {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = (): void => {
    root.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  dark.addEventListener("change", follow);
  follow();
}
