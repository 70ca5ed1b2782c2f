// Replays recorded frames. Everything shown was computed by reglib; between two frames their bytes are mixed.
const players = new WeakMap();
let opened = {}; // the recording unpacked last: the server does not send it again
const FRAME_MS = 85; // one recorded frame to the next; the screen is redrawn at its own rate
const ROWS = ["test", "train", "score", "zeros"]; // numbers below each picture
const LEFT = 34, RIGHT = 6; // margins of the loss curves
const PENCIL = 16; // layers up to this size are drawn as units and links, larger ones as matrices

const make = (tag, parent, attributes = {}) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.appendChild(node);
  return node;
};
// Three decimals, or a power of ten where those would be a row of digits.
const written = (value) => (Math.abs(value) < 1000 ? value.toFixed(3) : value.toExponential(1).replace("e+", "e"));
const rgb = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));

const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
async function inflate(text) {
  const stream = new Blob([bytes(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function open(s, maps, weights) {
  s.maps = maps;
  s.weights = new Int8Array(weights.buffer);
  s.each = s.weights.length / ((s.data.frames - s.data.first) * s.data.panels.length);
}

// A colour for each of the 256 bytes of a picture.
function palette(data) {
  const { negative, middle, positive, classes } = data.colors;
  const out = new Uint8ClampedArray(256 * 3);
  const put = (k, a, b, t) => a.forEach((v, j) => { out[3 * k + j] = v + (b[j] - v) * t; });
  const mid = rgb(middle);
  for (let k = 0; k < 256; k++) {
    if (data.kind === "multiclass") {
      const level = Math.floor(k / data.levels);
      const share = (k % data.levels) / Math.max(1, data.levels - 1);
      put(k, mid, rgb(classes[level % classes.length]), 0.15 + 0.65 * share);
    } else if (k < 128) put(k, rgb(negative), mid, k / 127.5);
    else put(k, mid, rgb(positive), k / 127.5 - 1);
  }
  return out;
}

function fit(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const w = Math.round(canvas.clientWidth * ratio), h = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  return [pen, canvas.clientWidth, canvas.clientHeight];
}

function build(s, root) {
  root.replaceChildren();
  root.setAttribute("role", "group");
  const panels = make("div", root, { class: "panels" });
  s.panels = s.data.panels.map(() => {
    const box = make("div", panels, { class: "panel" });
    const name = make("div", box, { class: "name" });
    const frame = make("div", box, { class: "map", role: "img" });
    const map = make("canvas", frame), dots = make("canvas", frame), gone = make("div", frame, { class: "gone" });
    map.width = map.height = s.data.side;
    const list = make("dl", box);
    const cells = {};
    for (const row of ROWS) cells[row] = [make("dt", list), make("dd", list)];
    return { name, frame, map, dots, gone, cells, net: make("canvas", box, { class: "net", role: "img" }) };
  });
  const losses = make("div", panels, { class: "losses" });
  s.curves = ["test", "train"].map((set) => ({
    set, title: make("div", losses, { class: "name" }), canvas: make("canvas", losses, { role: "img" }),
  }));
  for (const { set, canvas } of s.curves) { // pointing tells the losses there, pressing and dragging goes there
    canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); pause(s, false); seek(s, nearest(s, canvas, event)); };
    canvas.onpointermove = (event) => {
      const frame = nearest(s, canvas, event);
      if (event.buttons) seek(s, frame);
      const values = s.data.panels.map((panel) => `${panel.name} ${frame > panel.last ? "–" : written(panel[set][frame])}`);
      canvas.title = `${s.data.labels.epoch} ${s.data.epochs[frame]}: ${values.join(", ")}`;
    };
    canvas.onpointerup = () => report(s);
  }
  s.legend = make("div", root, { class: "legend" });
  const bar = make("div", root, { class: "bar" });
  s.button = make("button", bar, { type: "button" });
  s.slider = make("input", bar, { type: "range", min: 0, step: 1 });
  s.output = make("output", bar);
  s.test = make("button", bar, { type: "button", class: "toggle" });
  s.test.onclick = () => { s.tests = !s.tests; s.test.setAttribute("aria-pressed", !!s.tests); dots(s); };
  s.button.onclick = () => (s.playing ? pause(s) : play(s));
  s.slider.oninput = () => { pause(s, false); seek(s, +s.slider.value); };
  s.slider.onchange = () => report(s);
  root.onkeydown = (event) => {
    const last = s.data.frames - 1, now = Math.round(s.at);
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (event.key === " " && event.target === s.slider) s.button.click();
    else if (to !== undefined && event.target !== s.slider && !event.ctrlKey && !event.metaKey && !event.altKey) {
      pause(s, false);
      seek(s, to);
      report(s);
    } else return;
    event.preventDefault();
  };
}

function play(s) {
  if (s.at >= s.data.frames - 1) s.at = 0;
  s.playing = true;
  s.then = performance.now();
  words(s);
  const tick = (now) => {
    if (!s.playing) return;
    if (getComputedStyle(s.root).visibility === "hidden") return pause(s); // another view has taken its place
    s.at = Math.min(s.data.frames - 1, s.at + (now - s.then) / FRAME_MS);
    s.then = now;
    draw(s);
    if (s.at >= s.data.frames - 1) pause(s);
    else requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

function pause(s, tell = true) {
  if (!s.playing) return;
  s.playing = false;
  s.at = Math.round(s.at);
  words(s);
  draw(s);
  if (tell) report(s);
}

// The frame whose epoch is under the pointer.
function nearest(s, canvas, event) {
  const box = canvas.getBoundingClientRect(), share = (event.clientX - box.left - LEFT) / (box.width - LEFT - RIGHT);
  const { epochs } = s.data, epoch = share * epochs[epochs.length - 1];
  return epochs.reduce((best, e, k) => (Math.abs(e - epoch) < Math.abs(epochs[best] - epoch) ? k : best), 0);
}

function seek(s, frame) {
  s.at = Math.min(s.data.frames - 1, Math.max(0, frame));
  draw(s);
}

// Arrow keys come in bursts: one message after the last.
function report(s) {
  clearTimeout(s.timer);
  s.timer = setTimeout(() => s.send("at", { id: s.data.id, frame: Math.round(s.at) }), 250);
}

function words(s) {
  const { labels, panels, colors } = s.data;
  s.root.setAttribute("aria-label", labels.alt);
  s.button.textContent = s.playing ? `❚❚ ${labels.pause}` : `▶ ${labels.play}`;
  s.slider.setAttribute("aria-label", labels.epoch);
  s.slider.max = s.data.frames - 1;
  s.test.textContent = labels.tests;
  s.test.setAttribute("aria-pressed", !!s.tests);
  panels.forEach((panel, k) => {
    const p = s.panels[k], { color, dash } = colors.panels[k];
    p.name.innerHTML = `<svg width="30" height="10" aria-hidden="true"><line x1="0" y1="5" x2="30" y2="5"
      stroke="${color}" stroke-width="3.5" stroke-dasharray="${dash.join(" ")}"/></svg><span></span>`;
    p.name.lastChild.textContent = panel.name;
    for (const row of ROWS) p.cells[row][0].textContent = labels[row];
    p.net.setAttribute("aria-label", panel.alt);
    p.frame.setAttribute("aria-label", panel.alt_map);
    p.gone.textContent = panel.gone;
    p.net.classList.toggle("matrix", s.matrix);
  });
  s.legend.replaceChildren();
  for (const [sign, color, words] of s.data.legend) {
    const item = make("span", s.legend), mark = make("i", item, { class: sign, "aria-hidden": "true" });
    mark.style.setProperty("--mark", color);
    item.append(words);
  }
  s.output.setAttribute("aria-live", s.playing ? "off" : "polite");
  for (const curve of s.curves) {
    curve.title.textContent = labels[`${curve.set}_title`];
    curve.canvas.setAttribute("aria-label", labels[`${curve.set}_title`]);
  }
}

// Training rows, or test rows, drawn once over each picture.
function dots(s) {
  for (const p of s.panels) {
    const [pen, w, h] = fit(p.dots);
    const rows = s.tests ? s.data.tests : s.data.points, r = rows.length > 400 ? 1.8 : 3;
    for (const [x, y, byte] of rows) {
      const c = s.palette.subarray(3 * byte, 3 * byte + 3);
      pen.beginPath();
      if (s.data.kind === "binary" && byte > 127) pen.rect(x * w - r, y * h - r, 2 * r, 2 * r);
      else pen.arc(x * w, y * h, r + 0.3, 0, 7);
      pen.fillStyle = `rgb(${c.join(",")})`;
      pen.fill();
      pen.strokeStyle = s.data.colors.ink;
      pen.lineWidth = 0.9;
      pen.stroke();
    }
  }
}

function draw(s) {
  if (!s.maps) return;
  const low = Math.min(s.data.frames - 1, Math.floor(s.at)), high = Math.min(s.data.frames - 1, low + 1);
  const share = s.at - low, shown = Math.round(s.at), cells = s.data.side ** 2, count = s.panels.length;
  const held = (frame) => Math.max(0, frame - s.data.first) * count; // pictures before this frame
  const mix = s.data.kind === "multiclass" ? (share < 0.5 ? 0 : 1) : share;
  s.panels.forEach((p, k) => {
    const pen = p.map.getContext("2d"), image = pen.createImageData(s.data.side, s.data.side), px = image.data;
    const a = (held(low) + k) * cells, b = (held(high) + k) * cells;
    for (let j = 0; j < cells; j++) {
      const byte = Math.round(s.maps[a + j] + (s.maps[b + j] - s.maps[a + j]) * mix);
      px[4 * j] = s.palette[3 * byte]; px[4 * j + 1] = s.palette[3 * byte + 1];
      px[4 * j + 2] = s.palette[3 * byte + 2]; px[4 * j + 3] = 255;
    }
    pen.putImageData(image, 0, 0);
  });
  s.root.dataset.draws = +(s.root.dataset.draws || 0) + 1;
  if (s.drawn === shown) return; // between two frames only the pictures change
  s.drawn = shown;
  s.panels.forEach((p, k) => {
    const panel = s.data.panels[k], gone = shown > panel.last;
    const said = { test: written(panel.test[shown]), train: written(panel.train[shown]), score: panel.score[shown] };
    said.zeros = `${panel.zeros[shown]} / ${s.data.total}`;
    for (const row of ROWS) p.cells[row][1].textContent = gone ? "–" : said[row];
    p.gone.hidden = !gone;
    (s.matrix ? matrices : links)(s, p.net, held(shown) + k);
  });
  for (const curve of s.curves) lines(s, curve, shown);
  s.slider.value = shown;
  const said = s.data.panels.map((panel, k) => `${panel.name} ${s.panels[k].cells.test[1].textContent}`);
  s.slider.setAttribute("aria-valuetext", `${s.data.epochs[shown]}. ${s.data.labels.test}: ${said.join(", ")}`);
  s.output.textContent = `${s.data.labels.epoch} ${s.data.epochs[shown]} / ${s.data.end}`;
  s.root.dataset.frame = shown;
}

function links(s, canvas, which) {
  const [pen, w, h] = fit(canvas), sizes = s.data.sizes;
  const at = (layer, unit) => [
    8 + (w - 16) * (layer / (sizes.length - 1)), 5 + (h - 10) * ((unit + 0.5) / sizes[layer]),
  ];
  let start = which * s.each;
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    for (let i = 0; i < sizes[layer]; i++) {
      for (let j = 0; j < sizes[layer + 1]; j++) {
        const weight = s.weights[start++];
        if (!weight) continue; // exactly 0: the link is gone
        pen.beginPath();
        pen.moveTo(...at(layer, i));
        pen.lineTo(...at(layer + 1, j));
        pen.strokeStyle = weight > 0 ? s.data.colors.positive : s.data.colors.negative;
        pen.lineWidth = 0.35 + Math.abs(weight) / 32;
        pen.stroke();
      }
    }
  }
  pen.fillStyle = s.data.colors.ink;
  sizes.forEach((units, layer) => {
    for (let unit = 0; unit < units; unit++) {
      pen.beginPath();
      pen.arc(...at(layer, unit), 2.2, 0, 7);
      pen.fill();
    }
  });
}

// Each layer a rectangle, one cell a weight; exact zeros stay blank.
function matrices(s, canvas, which) {
  const [pen, w, h] = fit(canvas), sizes = s.data.sizes, gap = 6;
  const across = sizes.slice(0, -1).reduce((sum, units) => sum + units, 0);
  const unit = (w - gap * (sizes.length - 2)) / across;
  const inks = [rgb(s.data.colors.negative), rgb(s.data.colors.positive)];
  const sheet = document.createElement("canvas");
  let start = which * s.each, left = 0;
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    const columns = sizes[layer], rows = sizes[layer + 1], image = new ImageData(columns, rows);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < rows; j++) {
        const weight = s.weights[start++];
        if (!weight) continue;
        const depth = 255 * (0.25 + 0.75 * Math.min(1, Math.abs(weight) / 60));
        image.data.set([...inks[+(weight > 0)], depth], 4 * (j * columns + i));
      }
    }
    [sheet.width, sheet.height] = [columns, rows];
    sheet.getContext("2d").putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(sheet, left, 0, columns * unit, h);
    pen.strokeStyle = s.data.colors.grid;
    pen.strokeRect(left, 0.5, columns * unit, h - 1);
    left += columns * unit + gap;
  }
}

function lines(s, curve, shown) {
  const [pen, w, h] = fit(curve.canvas), { curve_epochs: epochs, panels, colors, changes } = s.data;
  const now = s.data.epochs[shown], reached = epochs.filter((epoch) => epoch <= now).length - 1;
  const left = LEFT, right = w - RIGHT, top = 6, bottom = h - 18;
  const last = s.data.end || 1;
  const x = (epoch) => left + (right - left) * (epoch / last);
  const y = (loss) => bottom - (bottom - top) * Math.min(1.5, loss / s.data.ceiling); // above the top: cut off below
  pen.font = `11px ${getComputedStyle(s.root).fontFamily}`;
  pen.fillStyle = colors.muted;
  pen.strokeStyle = colors.grid;
  pen.lineWidth = 1;
  pen.textAlign = "right";
  for (const tick of s.data.ticks) {
    pen.beginPath(); pen.moveTo(left, y(tick)); pen.lineTo(right, y(tick)); pen.stroke();
    pen.fillText(String(tick), left - 4, y(tick) + 4);
  }
  pen.fillText(String(last), right, h - 4);
  pen.textAlign = "left";
  pen.fillText("0", left, h - 4);
  pen.textAlign = "center";
  pen.fillText(s.data.labels.epoch, (left + right) / 2, h - 4);
  for (const epoch of changes) {
    pen.setLineDash([2, 3]); pen.strokeStyle = colors.ink;
    pen.beginPath(); pen.moveTo(x(epoch), top); pen.lineTo(x(epoch), bottom); pen.stroke();
  }
  panels.forEach((panel, k) => {
    const { color, dash } = colors.panels[k];
    const values = panel.curves[curve.set];
    const path = (to) => {
      pen.beginPath();
      for (let j = 0; j <= Math.min(to, panel.ended); j++) pen[j ? "lineTo" : "moveTo"](x(epochs[j]), y(values[j]));
      pen.stroke();
    };
    pen.save();
    pen.beginPath(); pen.rect(left, top, right - left + 2, bottom - top + 2); pen.clip();
    if (panel.bands) { // quartiles over the seeds
      const { low, high } = panel.bands[curve.set];
      pen.beginPath();
      for (let j = 0; j < epochs.length; j++) pen[j ? "lineTo" : "moveTo"](x(epochs[j]), y(high[j]));
      for (let j = epochs.length - 1; j >= 0; j--) pen.lineTo(x(epochs[j]), y(low[j]));
      pen.globalAlpha = 0.16; pen.fillStyle = color; pen.fill();
    }
    pen.strokeStyle = color;
    pen.setLineDash(dash);
    pen.globalAlpha = 0.3; pen.lineWidth = 1.2; path(epochs.length - 1);
    pen.globalAlpha = 1; pen.lineWidth = 2.2; path(reached);
    pen.restore();
    pen.setLineDash([]);
    pen.fillStyle = color;
    for (let j = 0; j <= panel.ended; j++) { // beyond the scale
      if (values[j] <= s.data.ceiling) continue;
      pen.beginPath(); pen.moveTo(x(epochs[j]), top - 5); pen.lineTo(x(epochs[j]) - 3, top); pen.lineTo(x(epochs[j]) + 3, top); pen.fill();
    }
    if (panel.ended < epochs.length - 1) { // it diverged: the curve ends in a cross
      const cx = x(epochs[panel.ended]), cy = Math.max(top + 6, y(values[panel.ended]));
      pen.beginPath();
      pen.moveTo(cx - 5, cy - 5); pen.lineTo(cx + 5, cy + 5); pen.moveTo(cx - 5, cy + 5); pen.lineTo(cx + 5, cy - 5);
      pen.strokeStyle = s.data.colors.background; pen.lineWidth = 5; pen.stroke();
      pen.strokeStyle = color; pen.lineWidth = 2.4; pen.stroke();
    }
    if (curve.set === "test") {
      const bx = x(epochs[panel.best]), by = Math.max(top + 12, y(values[panel.best]));
      pen.beginPath(); pen.moveTo(bx, by - 4); pen.lineTo(bx - 4.5, by - 12); pen.lineTo(bx + 4.5, by - 12);
      pen.closePath(); pen.fillStyle = color; pen.fill(); pen.strokeStyle = colors.ink; pen.lineWidth = 0.7; pen.stroke();
    }
  });
  pen.setLineDash([]);
  pen.strokeStyle = colors.ink; pen.globalAlpha = 0.6; pen.lineWidth = 1;
  pen.beginPath(); pen.moveTo(x(now), top); pen.lineTo(x(now), bottom); pen.stroke();
  pen.globalAlpha = 1;
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".player");
  let s = players.get(parentElement);
  const fresh = !s;
  if (fresh) { s = { at: 0, playing: false }; players.set(parentElement, s); }
  const before = s.data;
  s.data = data; s.root = root; s.send = setStateValue; s.palette = palette(data);
  s.matrix = Math.max(...data.sizes) > PENCIL;
  const redraw = () => { s.drawn = null; dots(s); draw(s); };
  if (fresh || before.panels.length !== data.panels.length || before.side !== data.side) build(s, root);
  if (fresh || before.id !== data.id) {
    s.playing = false;
    s.at = data.paused ?? data.frames - 1;
    s.maps = null;
    if (data.live) open(s, bytes(data.maps), bytes(data.weights));
    else if (opened.id === data.id) open(s, ...opened.both);
    else if (!data.maps) s.send("at", { id: data.id, frame: s.at, missing: true });
  }
  if (!s.maps && data.maps) {
    Promise.all([inflate(data.maps), inflate(data.weights)]).then((both) => {
      if (s.data.id !== data.id) return;
      opened = { id: data.id, both };
      open(s, ...both);
      redraw();
    });
  }
  root.classList.toggle("live", data.live);
  root.classList.toggle("tight", data.panels.some((panel) => panel.gone)); // a warning stands above
  words(s);
  redraw();
  if (!s.watch) { s.watch = new ResizeObserver(redraw); }
  s.watch.observe(root);
  return () => { s.playing = false; clearTimeout(s.timer); s.watch.disconnect(); };
}
