/** The report's style sheet: light and dark, for screens and paper. */
export const STYLE = `:root{color-scheme:light dark;--ground:light-dark(#f4f5f7,#12151b);--card:light-dark(#fff,#1a1f28);--line:light-dark(#e1e5eb,#2b323e);--text:light-dark(#1a2130,#e7ebf2);--soft:light-dark(#586274,#9aa6b8);--main:light-dark(#2f6bd8,#6a9ff5);--good:light-dark(#1f8a5b,#4cc38a);--bad:light-dark(#cf2f3f,#ff6b74);--warn:light-dark(#b3690a,#e8a24a);--quiet:light-dark(#a9b3c2,#5d6a7d);--alarm:light-dark(#fdecee,#3d1d24);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1180px;padding:24px 20px 40px;background:var(--ground);color:var(--text);font-variant-numeric:tabular-nums}
h1{margin:0;font-size:24px;line-height:1.2;overflow-wrap:anywhere}
h2{margin:0;font-size:14px;font-weight:600}
.soft,header p{color:var(--soft)}
header p{margin:4px 0 0;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(max(150px,22%),1fr));gap:12px;margin:20px 0 12px}
.tile,figure,section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px;margin:0}
.tile dt{font-size:13px;color:var(--soft)}
.tile dd{margin:2px 0 0;font-size:22px;font-weight:600;line-height:1.2}
.tile dd small{display:block;font-size:12px;font-weight:400;color:var(--soft);margin-top:2px}
.tile.bad dd{color:var(--bad)}
.grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:12px;margin-bottom:12px}
figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 16px;margin-bottom:8px}
figure svg{display:block;width:100%;height:auto}
.legend{margin:0;display:flex;flex-wrap:wrap;gap:2px 14px;font-size:13px;color:var(--soft)}
.key::before{content:"";display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px;background:currentColor}
.key.main::before{background:var(--main)}.key.bad::before{background:var(--bad)}.key.quiet::before{background:var(--quiet)}.key.good::before{background:var(--good)}.key.warn::before{background:var(--warn)}
.grid{stroke:var(--line);stroke-width:1}
.tick{fill:var(--soft);font-size:11px}
.column.main{fill:var(--main)}.column.bad{fill:var(--bad)}.column.quiet{fill:var(--quiet)}.column.good{fill:var(--good)}.column.warn{fill:var(--warn)}
.line{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.line.main{stroke:var(--main)}.line.bad{stroke:var(--bad)}.line.quiet{stroke:var(--quiet);stroke-dasharray:4 4}.line.good{stroke:var(--good)}.line.warn{stroke:var(--warn)}
.over{fill:transparent}.over:hover{fill:var(--text);fill-opacity:.06}
.mark{stroke:var(--soft);stroke-dasharray:3 3}
table{border-collapse:collapse;width:100%;margin-top:8px}
th{text-align:left;font-weight:400;overflow-wrap:anywhere;padding:3px 12px 3px 0;min-width:9em}
td{padding:3px 0 3px 12px}
.bar{width:40%;padding:0}.bar svg{display:block;width:100%;height:8px}
.number{text-align:right;white-space:nowrap}
.passed{color:var(--good)}.missed{color:var(--bad);font-weight:600}
.alarm{background:var(--alarm);border:1px solid var(--bad);border-radius:10px;padding:10px 16px;margin:16px 0 0}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
@media print{body{max-width:none}.tile,figure,section{break-inside:avoid}}`;
