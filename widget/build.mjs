// Builds the one bundle. `node build.mjs FOLDER` writes elsewhere, so that a check can compare.
import { build } from "esbuild";
import { readFileSync, copyFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const target = ["chrome100", "firefox100", "safari15"];
const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "dist");
const file = join(folder, "widget.js");

const css = {
  name: "css",
  setup(building) {
    building.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const made = await build({ entryPoints: [path], bundle: true, minify: true, target, write: false });
      return { contents: made.outputFiles[0].text.trim(), loader: "text" };
    });
  },
};

await build({
  absWorkingDir: here,
  entryPoints: ["src/main.ts"],
  bundle: true,
  minify: true,
  format: "iife",
  target,
  charset: "utf8",
  legalComments: "none",
  plugins: [css],
  outfile: file,
});
copyFileSync(join(here, "src/public.d.ts"), join(folder, "widget.d.ts"));
console.log(`${file}: ${gzipSync(readFileSync(file), { level: 9 }).length} bytes gzipped`);
