// What a person sees before the app is there: its name, and one true sentence about what is going on.

const WORDS = {
  starting: { zh: "正在启动…", en: "Starting…" },
  otherTab: {
    zh: "已在另一个标签页打开。数据只能由一个标签页写入；关闭那一页，这里会自动继续。",
    en: "Open in another tab. Only one tab may write the data; close that one and this one continues by itself.",
  },
  failed: {
    zh: "无法启动。已保存的数据仍在本机。请关闭后重新打开；仍不行时请把下面这行告诉管理员。",
    en: "Could not start. What was saved is still on this device. Close and open it again; if that does not help, "
      + "tell your administrator the line below.",
  },
  update: { zh: "有新版本", en: "New version" },
  updateAction: { zh: "更新", en: "Update" },
};

const language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";

/** The sentence of that name in the person's language. */
export const words = (name) => WORDS[name][language];

/** Shows a sentence on the start screen; `detail` is for whoever looks into a failure. */
export function showMessage(name, detail = "") {
  const shell = document.getElementById("loading");
  if (!shell) return;
  shell.dataset.state = name;
  document.getElementById("shell-message").textContent = words(name);
  document.getElementById("shell-detail").textContent = detail;
}

let firstFrame = new Promise((resolve) => {
  window.addEventListener("flutter-first-frame", resolve, { once: true });
});
let isHiding = false;

/** Takes the start screen away once Flutter draws and Python has sent it something to draw. */
export async function hideShell() {
  if (isHiding) return;
  isHiding = true;
  await firstFrame;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  document.getElementById("loading")?.remove();
  performance.mark("showfloor:usable");
}
