// Bundles the front end into web/static/built: scripts, one style sheet, and a sprite of the icons that are used.
import { build } from "esbuild";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const built = join(root, "web/static/built");
const entries = ["theme", "app", "menus", "desk", "board", "wall", "visitor", "player", "journal", "map"].filter((name) =>
  existsSync(join(root, `web/frontend/${name}.ts`)),
);

mkdirSync(built, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: [
    ...entries.map((name) => ({ in: `web/frontend/${name}.ts`, out: name })),
    { in: "web/frontend/sheets.css", out: "app" },
    { in: "web/frontend/map.css", out: "map" },
  ],
  outdir: built,
  bundle: true,
  loader: { ".png": "dataurl" }, // of Leaflet
  minify: true,
  sourcemap: true,
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  format: "iife",
  logLevel: "warning",
});

// An icon is used where a source says icon("name"), icon="name", icon: "name" or icon_name="name".
const use = /icon(?:_name)?\s*[(=:]\s*["']([a-z0-9-]+)["']/g;
const positional = /(?:badge|button|deed|empty_state)\((?:[^()]|\([^()]*\))*\)/g;
const names = new Set();
const shapes = new Set(
  readdirSync(join(root, "node_modules/bootstrap-icons/icons")).map((file) => file.replace(".svg", "")),
);

function scan(path) {
  const text = readFileSync(path, "utf8");
  for (const match of text.matchAll(use)) names.add(match[1]);
  if (!path.endsWith(".html")) return;
  for (const call of text.matchAll(positional))
    for (const word of call[0].matchAll(/"([a-z0-9-]+)"/g)) if (shapes.has(word[1])) names.add(word[1]);
}

function walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (["node_modules", "built", "docs"].includes(entry.name) || entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) walk(path);
    else if (/\.(html|ts|py)$/.test(entry.name)) scan(path);
  }
}

walk(root);
const symbols = [...names].sort().map((name) => {
  if (!shapes.has(name)) throw new Error(`there is no icon "${name}" in bootstrap-icons`);
  const svg = readFileSync(join(root, `node_modules/bootstrap-icons/icons/${name}.svg`), "utf8");
  const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").trim();
  return `<symbol id="${name}" viewBox="0 0 16 16">${inner}</symbol>`;
});
writeFileSync(
  join(built, "icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`,
);
