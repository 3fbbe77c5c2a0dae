// Builds dist/planmap.js and dist/planmap.css: Leaflet, protomaps-leaflet and our own script in one file each,
// images inlined, so that the map asks no other place for anything.
import { build } from "esbuild";

await build({
  entryPoints: { planmap: "src/planmap.js" },
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  outdir: "dist",
  inject: ["src/globals.js"],
  loader: { ".png": "dataurl", ".svg": "dataurl", ".gif": "dataurl" },
  legalComments: "linked",
  logLevel: "warning",
});
