/** The local page: fetches the overview every second and shows it. Log content never becomes markup. */
import type { PanelRow } from '../../panels/panel';
import type { Extent } from '../../store/extent';
import type { Overview, PanelView, Span, TimeRange } from '../overview-reply';
import { byId, html, setText } from './dom';
import { makeFlow } from './flow';
import { timeZoneName, toDay, toDuration, toMoment, toNumber } from './format';
import { makeView } from './view';

const EVERY_MS = 1000;
const TIMEOUT_MS = 10_000;

type Show = (rows: readonly PanelRow[], span: Span) => void;

const showFlow = makeFlow(byId('flow'));
const shown = new Map<string, Show>();
let range: TimeRange = rangeOf(location.hash.slice(1)) ?? 15;
/** Whether a person chose the range. Otherwise the page switches to all events when none fall into the default range. */
let chosen = rangeOf(location.hash.slice(1)) !== undefined;
let requests = 0;

function rangeOf(text: string): TimeRange | undefined {
  return text === 'all' ? 'all' : ['5', '15', '60'].includes(text) ? Number(text) : undefined;
}

async function refresh(): Promise<void> {
  const request = ++requests;
  try {
    const reply = await fetch(`/api/overview?minutes=${range}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!reply.ok) throw new Error(await reply.text());
    const overview: Overview = await reply.json();
    // Stale: another request was sent meanwhile.
    if (request !== requests) return;
    show(overview);
  } catch {
    if (request === requests) connection('lost', 'Not connected, retrying…');
  }
}

function show({ status, extent, span, dashboards }: Overview): void {
  connection('live', 'Live');
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
    `${toNumber(extent.events)} events stored${status.storePlace === undefined ? '' : ` in ${status.storePlace}`}${extent.first === undefined ? '' : `, from ${toMoment(extent.first)} to ${toMoment(extent.last ?? extent.first)}`}.`,
    `Lines go to ${status.streamUrl}${status.logs === undefined ? '' : ` from ${status.logs.join(', ')}`}.`,
  ];
  setText(aboutText, about.join(' '));
  site.hidden = status.siteUrl === undefined;
  if (status.siteUrl !== undefined) site.setAttribute('href', status.siteUrl);
}

const aboutText = html('p');
byId('about').append(aboutText);
const site = byId('site');

const grids = new Map<string, HTMLElement>();

/** The first dashboard has no heading: the page's own title serves. */
function addDashboard(id: string, title: string): HTMLElement {
  const grid = html('div', { class: 'panels' });
  if (grids.size > 0) byId('dashboards').append(html('h2', { class: 'dashboard' }, title));
  byId('dashboards').append(grid);
  grids.set(id, grid);
  return grid;
}

function addPanel(into: HTMLElement, panel: PanelView): Show {
  const { id, title, columns, view } = panel;
  const { element, show } = makeView(title, view);
  const section = html('section', { class: `panel as-${view.as}`, 'aria-labelledby': `title-${id}`, 'data-panel': id });
  section.style.setProperty('--span', String(columns));
  section.append(html('h3', { id: `title-${id}` }, title), element);
  into.append(section);
  shown.set(id, show);
  return show;
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
    if (read > 0) return 'The first clicks are on their way. They are stored about a second after they are logged.';
    return 'No clicks yet. Visit the site or append a line to the log; it appears here on its own.';
  }
  const between = `from ${toDay(first)} to ${toDay(last)}`;
  if (isOutside(extent, span)) return `No clicks in this range. The stored ones are ${between}.`;
  const age = Date.now() - last;
  if (range === 'all' && !chosen && age > 15 * 60_000) {
    return `The last click is ${toDuration(age)} old, so all clicks are shown, ${between}.`;
  }
  return undefined;
}

function pick(newRange: TimeRange): void {
  chosen = true;
  history.replaceState(null, '', `#${newRange}`);
  choose(newRange);
}

function choose(newRange: TimeRange): void {
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

async function poll(): Promise<void> {
  for (;;) {
    const next = new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    // A hidden page asks for nothing: delivering the log comes first.
    if (!document.hidden) await refresh();
    await next;
  }
}

markRange();
poll();
