// The flow explorer: the node-link data of GET /flows as a picture to move about in. It takes the place of the server's
// picture once it has drawn; the list beside it does by keyboard what a pointer does in the picture.
import cytoscape from "cytoscape";
import dagre from "cytoscape-dagre";

const DASHES = { inferred: [7, 4], open: [1.5, 4], attested: [12, 3, 2, 3] };
const SHAPES = { people: "round-rectangle", party: "rectangle", described: "rectangle", internal: "round-rectangle", system: "barrel", country: "hexagon" };
const ROOM = 150;
/** Past so many nodes columns are too tall to be seen at once. */
const MANY = 45;
const FONT = '"Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", sans-serif';

cytoscape.use(dagre);
// Cytoscape would add a style element of its own, which the page's policy forbids; what it says is in pages.css.
const stand = document.createElement("template");
stand.id = "__________cytoscape_stylesheet";
document.head.append(stand);

const pen = document.createElement("canvas").getContext("2d");
pen.font = `13px ${FONT}`;

/** A label in lines that each fit into a box. */
function wrapped(label) {
  const lines = [];
  for (const word of label.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && pen.measureText(longer).width <= ROOM) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** The nodes and edges to draw: flows between the same two of the same standing are one line; who has many others is larger. */
function elements(data) {
  const others = new Map(data.nodes.map((node) => [node.id, new Set()]));
  for (const edge of data.edges) {
    others.get(edge.source).add(edge.target);
    others.get(edge.target).add(edge.source);
  }
  const nodes = data.nodes.map((node) => {
    const lines = wrapped(node.label);
    const wide = Math.max(...lines.map((line) => pen.measureText(line).width));
    const scale = data.nodes.length > MANY ? 1 + Math.min(others.get(node.id).size, 30) / 10 : 1;
    return { data: { id: node.id, text: lines.join("\n"), width: wide + 24, height: 16 * lines.length + 14, scale, kind: node.kind } };
  });
  const bundles = new Map();
  for (const edge of data.edges) {
    const id = [edge.source, edge.target, edge.relation, edge.standing].join(" ");
    const known = bundles.get(id);
    if (known) known.weight += 1;
    else bundles.set(id, { id, source: edge.source, target: edge.target, relation: edge.relation, standing: edge.standing, weight: 1 });
  }
  return [...nodes, ...[...bundles.values()].map((edge) => ({ data: edge }))];
}

function style() {
  const page = getComputedStyle(document.documentElement);
  const colour = (name) => page.getPropertyValue(name).trim();
  return [
    {
      selector: "node",
      style: {
        shape: (node) => SHAPES[node.data("kind")], label: "data(text)",
        width: (node) => node.data("width") * node.data("scale"), height: (node) => node.data("height") * node.data("scale"),
        "text-wrap": "wrap", "text-valign": "center", "font-family": FONT, "font-size": (node) => 13 * node.data("scale"), "min-zoomed-font-size": 5, "z-index": (node) => Math.round(10 * node.data("scale")), "line-height": 1.2,
        color: colour("--ink"), "background-color": colour("--paper"), "border-width": 1.2, "border-color": colour("--ink"),
      },
    },
    { selector: "node[kind='people']", style: { "background-color": colour("--wash"), "border-color": colour("--soft"), "corner-radius": 16 } },
    { selector: "node[kind='described'], node[kind='internal']", style: { "border-style": "dashed", "border-color": colour("--soft") } },
    { selector: "node[kind='country']", style: { "border-color": colour("--warn") } },
    {
      selector: "edge",
      style: {
        "curve-style": "bezier", "target-arrow-shape": "triangle", "arrow-scale": 0.9,
        width: (edge) => 1.4 + Math.log2(edge.data("weight")), "line-color": colour("--accent"), "target-arrow-color": colour("--accent"),
      },
    },
    ...Object.entries(DASHES).map(([name, pattern]) => (
      { selector: `edge[standing='${name}']`, style: { "line-style": "dashed", "line-dash-pattern": pattern } })),
    { selector: "edge[standing='denied']", style: { "line-color": colour("--alert"), "target-arrow-color": colour("--alert"), "target-arrow-shape": "tee" } },
    { selector: "edge[relation!='flow']", style: { width: 1, "line-color": colour("--soft"), "target-arrow-color": colour("--soft"), "arrow-scale": 0.6 } },
    { selector: "node.near", style: { width: "data(width)", height: "data(height)", "font-size": 13 } },
    { selector: ".aside", style: { opacity: 0.12 } },
    { selector: ".away", style: { display: "none" } },
    { selector: "node.chosen", style: { "border-width": 4, "border-color": "#c96a00" } },
  ];
}

function make(tag, text = "", attributes = {}) {
  const made = Object.assign(document.createElement(tag), { textContent: text });
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

class Explorer {
  constructor(place, data) {
    this.place = place;
    this.says = JSON.parse(place.dataset.says);
    this.data = data;
    this.nodes = new Map(data.nodes.map((node) => [node.id, node]));
    this.flows = new Map(data.edges.filter((edge) => edge.relation === "flow").map((edge) => [edge.key, edge]));
    this.many = data.nodes.length > MANY;
    this.list = place.querySelector("select");
    this.told = place.querySelector(".chosen");
    this.empty = [...this.told.childNodes];
    const collator = new Intl.Collator(document.documentElement.lang);
    const named = [...data.nodes].sort((one, other) => collator.compare(one.label, other.label));
    this.list.append(...named.map((node) => make("option", node.label, { value: node.id })));
    this.cy = cytoscape({
      container: place.querySelector(".stage"),
      elements: elements(data),
      style: style(),
      layout: { name: "preset" },
      minZoom: 0.05,
      maxZoom: 3,
      autoungrabify: true,
      boxSelectionEnabled: false,
      // The wheel belongs to the page; fingers may pinch.
      userZoomingEnabled: matchMedia("(pointer: coarse)").matches,
    });
    this.arrange();
    this.places = new Map(this.cy.nodes().map((node) => [node.id(), { ...node.position() }]));
    this.cy.on("tap", "node", (event) => this.choose(event.target.id()));
    this.cy.on("tap", (event) => { if (event.target === this.cy) this.choose(""); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.cy.style().fromJson(style()).update());
    this.list.addEventListener("change", () => this.choose(this.list.value));
    for (const button of place.querySelectorAll("[data-move]")) button.addEventListener("click", () => this.move(button.dataset.move));
    this.cy.container().addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const { left, top } = this.cy.container().getBoundingClientRect();
      this.cy.zoom({ level: this.cy.zoom() * (event.deltaY < 0 ? 1.15 : 1 / 1.15), renderedPosition: { x: event.clientX - left, y: event.clientY - top } });
    }, { passive: false });
  }

  /** Columns from left to right, or for many nodes a map. Nothing moves by itself, whatever a reader prefers. */
  arrange() {
    const still = { animate: false, padding: 16 };
    if (!this.many) {
      this.cy.layout({ name: "dagre", rankDir: "LR", nodeSep: 14, rankSep: 130, ...still }).run();
      return;
    }
    this.cy.layout({ name: "circle", ...still }).run(); // where the map begins, so that it is the same each time
    const room = (edge) => 40 + 0.7 * (edge.source().width() + edge.target().width());
    this.cy.layout({ name: "cose", randomize: false, nodeRepulsion: () => 900000, nodeOverlap: 40, idealEdgeLength: room, gravity: 0.8, fit: false, ...still }).run();
    this.part(); // before anything is drawn or measured
    this.cy.fit(undefined, still.padding);
  }

  /** Move apart what lies on each other; and two with flows so far that the bend of a flow lies outside both, or it cannot be drawn. */
  part() {
    const gap = 16, bend = 48;
    const joined = new Set(this.cy.edges().map((edge) => [edge.source().id(), edge.target().id()].sort().join(" ")));
    const boxes = this.cy.nodes().map((node) => ({ node, x: node.position("x"), y: node.position("y"), width: node.outerWidth(), height: node.outerHeight() }));
    const pairs = boxes.flatMap((one, index) => boxes.slice(index + 1).map((other) => {
      const room = (side) => (joined.has([one.node.id(), other.node.id()].sort().join(" "))
        ? Math.max(one[side], other[side]) + bend : (one[side] + other[side]) / 2) + gap;
      return { one, other, wide: room("width"), high: room("height") };
    }));
    for (let round = 0, met = true; met && round < 300; round += 1) {
      met = false;
      for (const { one, other, wide, high } of pairs) {
        const across = wide - Math.abs(other.x - one.x), down = high - Math.abs(other.y - one.y);
        if (across <= 0 || down <= 0) continue;
        met = true;
        const axis = across < down ? "x" : "y", step = Math.min(across, down) / 2 * (other[axis] < one[axis] ? -1 : 1);
        one[axis] -= step;
        other[axis] += step;
      }
    }
    for (const { node, x, y } of boxes) node.position({ x, y });
  }

  /** Zoom about the middle, or show all. */
  move(way) {
    if (way === "whole") { this.choose(""); return; }
    const middle = { x: this.cy.width() / 2, y: this.cy.height() / 2 };
    this.cy.zoom({ level: this.cy.zoom() * (way === "closer" ? 1.4 : 1 / 1.4), renderedPosition: middle });
  }

  /** Let one node and what it has flows with stand out, and tell of it; all again for an empty id. */
  choose(id) {
    this.list.value = id;
    const node = this.cy.getElementById(id);
    const shown = id ? node.closedNeighborhood() : this.cy.elements();
    this.cy.batch(() => {
      this.cy.elements().removeClass("aside away near chosen");
      node.addClass("chosen");
      this.cy.elements().not(shown).addClass(this.many ? "away" : "aside");
      if (this.many) {
        shown.addClass(id ? "near" : "");
        for (const [other, place] of id ? this.around(node) : this.places) this.cy.getElementById(other).position(place);
      }
    });
    this.cy.fit(shown, id ? 30 : 16);
    if (this.cy.zoom() > 1.2) { this.cy.zoom(1.2); this.cy.center(shown); }
    this.told.replaceChildren(...(id ? this.tell(id) : this.empty));
  }

  /** Places about a node on a map: who gives to it on the left, who gets from it on the right, as wide as the stage is. */
  around(node) {
    const receivers = node.outgoers().nodes();
    const senders = node.incomers().nodes().not(receivers).not(node);
    const [across, down] = [ROOM + 50, 52];
    const rows = Math.ceil(1.5 * Math.sqrt((receivers.length + senders.length) * (across / down) * (this.cy.height() / this.cy.width())));
    const places = new Map([[node.id(), { x: 0, y: 0 }]]);
    for (const [side, others] of [[1, receivers.not(node)], [-1, senders]]) {
      for (let start = 0; start < others.length; start += rows) {
        const column = others.slice(start, start + rows);
        let y = -column.reduce((sum, other) => sum + other.data("height") + 12, 0) / 2;
        for (const other of column) {
          places.set(other.id(), { x: side * across * (1.6 + start / rows), y: y + other.data("height") / 2 });
          y += other.data("height") + 12;
        }
      }
    }
    return places;
  }

  /** What the panel says of a node. */
  tell(id) {
    const node = this.nodes.get(id);
    const heading = make("h2");
    heading.append(this.link(node.id, node.label));
    const out = [heading, make("p", node.type_label ?? this.says[node.kind], { class: "hint" })];
    let any = false;
    for (const relation of ["flow", "about", "via", "transfer"]) {
      for (const [way, near, far] of [["out", "source", "target"], ["in", "target", "source"]]) {
        const edges = this.data.edges.filter((edge) => edge.relation === relation && edge[near] === id);
        if (!edges.length) continue;
        any = true;
        const items = make("ul", "", { class: "plain" });
        for (const other of new Set(edges.map((edge) => edge[far]))) {
          items.append(this.item(other, relation, edges.filter((edge) => edge[far] === other)));
        }
        out.push(make("h3", this.says[`${relation}-${way}`]), items);
      }
    }
    if (!any) out.push(make("p", this.says.nothing));
    return out;
  }

  item(other, relation, edges) {
    const item = make("li");
    const name = make("button", this.nodes.get(other).label, { type: "button", class: "name" });
    name.addEventListener("click", () => { this.choose(other); this.list.focus(); });
    item.append(name);
    if (relation !== "flow") return item;
    const flows = make("ul");
    for (const edge of edges) {
      const line = make("li");
      line.append(this.link(edge.key, edge.data_labels.join(", ") || edge.label), ` · ${this.says[edge.standing]}`);
      flows.append(line);
    }
    item.append(flows);
    return item;
  }

  link(term, text) {
    const address = new URL("/describe", location);
    address.searchParams.set("term", term);
    const language = new URL(location).searchParams.get("lang");
    if (language) address.searchParams.set("lang", language);
    return make("a", text, { href: address.pathname + address.search });
  }
}

async function start(place) {
  const answer = await fetch(place.dataset.flows, { headers: { Accept: "application/json" } });
  if (!answer.ok) return; // the server's picture stays
  const data = await answer.json();
  place.hidden = false;
  document.getElementById("drawn").hidden = true;
  place.explorer = new Explorer(place, data);
}

document.querySelectorAll(".explorer").forEach(start);
