/** The local page: asks for an overview each second and shows it. Nothing of a log line ever becomes markup. */
import type { PanelRow } from '../../panels/panel';
import type { Extent } from '../../store/store';
import type { Overview, PanelView, Range, Span } from '../overview-reply';
import { byId, html, setText } from './dom';
import { makeFlow } from './flow';
import { timeZoneName, toDay, toDuration, toMoment, toNumber } from './format';
import { makeView } from './view';

const EVERY_MS = 1000;
const PATIENCE_MS = 10_000;

type Show = (rows: readonly PanelRow[], span: Span) => void;

const showFlow = makeFlow(byId('flow'));
const shown = new Map<string, Show>();
let range: Range = rangeOf(location.hash.slice(1)) ?? 15;
/** A range that a person chose stays; else the page looks at all when nothing is as recent as that. */
let chosen = rangeOf(location.hash.slice(1)) !== undefined;
let asked = 0;

function rangeOf(text: string): Range | undefined {
  return text === 'all' ? 'all' : ['5', '15', '60'].includes(text) ? Number(text) : undefined;
}

async function refresh(): Promise<void> {
  const mine = ++asked;
  try {
    const reply = await fetch(`/api/overview?minutes=${range}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!reply.ok) throw new Error(await reply.text());
    const overview: Overview = await reply.json();
    // Another range was chosen meanwhile.
    if (mine !== asked) return;
    show(overview);
  } catch {
    if (mine === asked) connection('lost', 'not connected: trying again');
  }
}

function show({ status, extent, span, dashboards }: Overview): void {
  connection('live', 'live');
  showFlow(status);
  for (const { id, title, panels } of dashboards) {
    const into = grids.get(id) ?? addDashboard(id, title);
    for (const panel of panels) (shown.get(panel.id) ?? addPanel(into, panel))(panel.rows, span);
  }
  if (!chosen && isOutside(extent, span)) choose('all');
  showHint(extent, span, status.read);
  const zone = timeZoneName(extent.last ?? Date.now());
  const about = [
    `Times are in ${zone}.`,
    `${toNumber(extent.events)} events are stored${status.storePlace === undefined ? '' : ` in ${status.storePlace}`}${extent.first === undefined ? '' : `, from ${toMoment(extent.first)} to ${toMoment(extent.last ?? extent.first)}`}.`,
    `Logs go to ${status.streamUrl}${status.logs === undefined ? '' : ` from ${status.logs.join(', ')}`}.`,
  ];
  setText(aboutText, about.join(' '));
  site.hidden = status.siteUrl === undefined;
  if (status.siteUrl !== undefined) site.setAttribute('href', status.siteUrl);
}

const aboutText = html('p');
byId('about').append(aboutText);
const site = byId('site');

const grids = new Map<string, HTMLElement>();

/** The first needs no heading: it is the page. */
function addDashboard(id: string, title: string): HTMLElement {
  const grid = html('div', { class: 'panels' });
  if (grids.size > 0) byId('dashboards').append(html('h2', { class: 'dashboard' }, title));
  byId('dashboards').append(grid);
  grids.set(id, grid);
  return grid;
}

function addPanel(into: HTMLElement, panel: PanelView): Show {
  const { id, title, columns } = panel;
  const view = makeView(panel);
  const as = panel.kind === 'events' ? 'events' : panel.drawing.as;
  const section = html('section', { class: `panel as-${as}`, 'aria-labelledby': `title-${id}`, 'data-panel': id });
  section.style.setProperty('--span', String(columns));
  section.append(html('h3', { id: `title-${id}` }, title), view.element);
  into.append(section);
  shown.set(id, view.show);
  return view.show;
}

function isOutside({ first, last }: Extent, { from, to }: Span): boolean {
  return first !== undefined && last !== undefined && (last < from || first >= to);
}

const hint = byId('hint');

function showHint(extent: Extent, span: Span, read: number): void {
  const words = hintFor(extent, span, read);
  hint.hidden = words === undefined;
  if (words === undefined || hint.dataset['words'] === words) return;
  hint.dataset['words'] = words;
  hint.replaceChildren(html('p', {}, words));
  if (!isOutside(extent, span)) return;
  const button = html('button', { type: 'button' }, 'Show all');
  button.addEventListener('click', () => pick('all'));
  hint.append(button);
}

function hintFor(extent: Extent, span: Span, read: number): string | undefined {
  const { events, first, last } = extent;
  if (events === 0 || first === undefined || last === undefined) {
    if (read > 0) return 'The first clicks are on their way: a batch is stored after a second at most.';
    return 'No clicks yet. Visit the site, or write a line to the log: it shows up here by itself.';
  }
  const between = `from ${toDay(first)} to ${toDay(last)}`;
  if (isOutside(extent, span)) return `Nothing in this range: the clicks are ${between}.`;
  const age = Date.now() - last;
  if (range === 'all' && !chosen && age > 15 * 60_000) {
    return `The last click is ${toDuration(age)} old, so all of them are shown, ${between}.`;
  }
  return undefined;
}

function pick(newRange: Range): void {
  chosen = true;
  history.replaceState(null, '', `#${newRange}`);
  choose(newRange);
}

function choose(newRange: Range): void {
  range = newRange;
  markRange();
  refresh();
}

function markRange(): void {
  for (const input of byId('ranges').querySelectorAll('input')) input.checked = input.value === String(range);
}

function connection(state: 'live' | 'lost', words: string): void {
  const element = byId('connection');
  element.dataset['state'] = state;
  setText(element, words);
}

byId('ranges').addEventListener('change', ({ target }) => {
  if (target instanceof HTMLInputElement) pick(rangeOf(target.value) ?? 'all');
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh();
});

async function keepLooking(): Promise<void> {
  for (;;) {
    const next = new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    // Nobody looks: the log's way to the store comes first.
    if (!document.hidden) await refresh();
    await next;
  }
}

markRange();
keepLooking();
