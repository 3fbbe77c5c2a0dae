// Builds dist/: planmap.js and planmap.css, the map with Leaflet and protomaps-leaflet, and player.js and player.css,
// the same with the player of stories. Images are inlined, so that neither asks another place for anything.
import { readFile } from "node:fs/promises";
import { build } from "esbuild";

const common = {
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  outdir: "dist",
  inject: ["src/globals.js"],
  loader: { ".png": "dataurl", ".svg": "dataurl", ".gif": "dataurl" },
  logLevel: "warning",
};

// A file that is handed out names no outside address, not even in a licence's words or an attribution's link.
const withoutAddresses = {
  name: "without-addresses",
  setup({ onLoad }) {
    onLoad({ filter: /\.(m?js|css)$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source.replace(/https?:\/\/(?!www\.w3\.org\/)[^\s"'`<>)\\]*/g, "");
      return { contents, loader: path.endsWith(".css") ? "css" : "js" };
    });
  },
};

await build({ ...common, entryPoints: { planmap: "src/planmap.js" }, legalComments: "linked" });
await build({ ...common, entryPoints: { player: "src/player/main.js" }, legalComments: "eof", plugins: [withoutAddresses] });
