// What the portal gains from script: upload progress, live states, branches opened in place.
// Every page does its work without this file. It makes no address of its own: it follows those of the page.
"use strict";

document.documentElement.classList.add("with-script");

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

/* ---- Live states: the same page is read again and its [data-live] part replaced ---- */

const live = () => document.querySelector("[data-live]");

async function refresh() {
  const part = live();
  if (!part) return;
  if (!document.hidden && !part.contains(document.activeElement?.closest("input, textarea"))) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok) replace(part, parsed(await answer.text()));
    } catch {
      // The network is away: the next turn tries again.
    }
  }
  setTimeout(refresh, 2000);
}

function replace(part, page) {
  const fresh = page.getElementById(part.id);
  if (!fresh || fresh.outerHTML === part.outerHTML) return;
  const held = part.contains(document.activeElement) && document.activeElement.getAttribute("href");
  const said = document.querySelector("[data-live-said]");
  part.replaceWith(document.adoptNode(fresh));
  watchTables(fresh);
  document.title = page.title;
  if (held) document.querySelector(`#${part.id} a[href="${CSS.escape(held)}"]`)?.focus();
  if (said && fresh.dataset.said !== part.dataset.said) said.textContent = fresh.dataset.said;
}
if (live()) setTimeout(refresh, 1000);

/* ---- Tables wider than their frame: the frame is reached by keyboard, to be scrolled ---- */

const frames = new ResizeObserver((changed) => {
  for (const { target } of changed) {
    const frame = target.closest(".table-frame");
    if (!frame) continue;
    if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
    else if (!frame.hasAttribute("role")) frame.removeAttribute("tabindex");
  }
});
function watchTables(within) {
  for (const table of within.querySelectorAll(".table-frame, .table-frame > table")) frames.observe(table);
}
watchTables(document);

/* ---- Deposit: the chosen file's name, its drop, the progress of its sending ---- */

const size = (bytes) => {
  const [unit, name] = bytes < 1e6 ? [1e3, "Ko"] : [1e6, "Mo"];
  const shown = (bytes / unit).toLocaleString("fr-FR", { maximumFractionDigits: bytes < 10 * unit ? 1 : 0 });
  return `${shown}\u00a0${name}`;
};

function prepareUpload() {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const drop = form.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");
  const words = form.querySelector("[data-drop-words]");
  words.textContent = "Glissez ici le fichier du versement";

  const show = () => {
    const [file] = input.files;
    if (file) words.textContent = `${file.name} (${size(file.size)})`;
  };
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length !== 1) {
      words.textContent = "Un seul fichier à la fois";
      return;
    }
    input.files = event.dataTransfer.files;
    show();
  });
  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    send(form);
  });
}

function send(form) {
  const button = form.querySelector("button[type=submit]");
  const panel = form.querySelector("[data-progress]");
  const bar = panel.querySelector("progress");
  const words = panel.querySelector("[data-progress-words]");
  const said = form.querySelector("[data-progress-said]");
  const request = new XMLHttpRequest();
  let quarter = -1;
  const leaving = (event) => event.preventDefault();

  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    words.textContent = `${Math.floor(bar.value)} %, ${size(event.loaded)} sur ${size(event.total)}`;
    const reached = Math.floor(bar.value / 25);
    if (reached > quarter) {
      quarter = reached;
      said.textContent = `Envoi : ${reached * 25} %`;
    }
  });
  const stopped = () => {
    removeEventListener("beforeunload", leaving);
    panel.hidden = true;
    button.disabled = false;
  };
  request.addEventListener("load", () => {
    removeEventListener("beforeunload", leaving);
    if (request.status < 400) {
      location.assign(request.responseURL);
      return;
    }
    stopped();
    const answer = parsed(request.responseText);
    document.title = answer.title;
    document.querySelector("main").replaceWith(document.adoptNode(answer.querySelector("main")));
    prepareUpload();
    (document.querySelector("#erreurs") || document.querySelector("main")).focus();
  });
  request.addEventListener("error", () => {
    stopped();
    said.classList.remove("unseen");
    said.classList.add("wrong");
    said.textContent = "L’envoi s’est interrompu. Vérifiez votre connexion, puis envoyez de nouveau : rien n’est perdu.";
  });

  // Read before the button is disabled; the form's own order keeps the proof of origin before the file.
  const content = new FormData(form);
  said.className = "unseen";
  panel.hidden = false;
  button.disabled = true;
  addEventListener("beforeunload", leaving);
  request.open("POST", form.action);
  request.send(content);
}

/* ---- Tree: a branch opens under its line with the list its own page shows ---- */

function prepareBranches(root) {
  for (const line of root.querySelectorAll(".tree-line[data-branch]")) {
    if (line.querySelector(".tree-open")) continue;
    const link = line.querySelector("a");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tree-open";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", `Contenu de ${link.textContent}`);
    button.append(document.querySelector("#fleche").content.cloneNode(true));
    button.addEventListener("click", () => toggle(line, button));
    line.prepend(button);
  }
  for (const link of root.querySelectorAll(".tree-line a[rel=next]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      follow(link);
    });
  }
  for (const line of root.querySelectorAll(".tree-line:not([data-branch])")) {
    if (line.querySelector(".tree-leaf, .button-quiet")) continue;
    const gap = document.createElement("span");
    gap.className = "tree-leaf";
    line.prepend(gap);
  }
}

async function linesOf(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  const tree = answer.ok && parsed(await answer.text()).getElementById("arbre");
  if (!tree) throw new Error("no tree");
  const list = document.createElement("ul");
  list.append(...document.adoptNode(tree).children);
  return list;
}

// The rest of a long list takes the place of the link that led to it.
async function follow(link) {
  const item = link.closest("li");
  try {
    const list = await linesOf(link.href);
    const [first] = list.children;
    // Prepared where it will stand, under the tree's own class.
    const lines = [...list.children];
    item.replaceWith(...lines);
    for (const line of lines) prepareBranches(line);
    first?.querySelector("a")?.focus();
  } catch {
    location.assign(link.href);
  }
}

async function toggle(line, button) {
  const open = button.getAttribute("aria-expanded") === "true";
  let branch = line.parentElement.querySelector(":scope > ul");
  if (!branch) {
    button.disabled = true;
    try {
      branch = await linesOf(line.dataset.branch);
      line.after(branch);
      prepareBranches(branch);
    } catch {
      location.assign(line.dataset.branch);
      return;
    } finally {
      button.disabled = false;
    }
    button.focus();
  }
  branch.hidden = open;
  button.setAttribute("aria-expanded", String(!open));
}

/* ---- Values to copy: one click chooses the whole value, as the Tab key does ---- */

for (const value of document.querySelectorAll("input.copied")) value.addEventListener("click", () => value.select());

/* ---- A deposit being prepared: files and folders, each sent in pieces, gone on with after a cut ---- */

const PIECE = 4 << 20;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function prepareGathering() {
  const form = document.querySelector("form[data-pieces]");
  if (!form) return;
  const drop = form.querySelector("[data-drop]");
  const queue = new Queue(form);
  const [files, folder] = form.querySelectorAll("input[type=file]");
  form.querySelector("[data-drop-words]").textContent = "Glissez ici vos fichiers, ou un dossier entier";
  form.querySelector("[data-folder]").hidden = false;
  form.querySelector("[data-send]").hidden = true;
  for (const input of [files, folder]) {
    input.addEventListener("change", () => {
      queue.add([...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
      input.value = "";
    });
  }
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    // Asked for at once: the browser forgets them when the event is over.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const dropped = [...event.dataTransfer.files];
    const found = [];
    for (const entry of entries) await walk(entry, "", found);
    queue.add(entries.length ? found : dropped.map((file) => ({ path: file.name, file })));
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}

async function walk(entry, above, found) {
  const path = above + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null);
    if (file) found.push({ path, file });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
    if (!part.length) return;
    for (const child of part) await walk(child, `${path}/`, found);
  }
}

class Queue {
  constructor(form) {
    this.form = form;
    this.csrf = form.querySelector("input[name=csrf]").value;
    this.panel = form.querySelector("[data-progress]");
    this.bar = this.panel.querySelector("progress");
    this.words = this.panel.querySelector("[data-progress-words]");
    this.lines = this.panel.querySelector("[data-arriving]");
    this.said = form.querySelector("[data-progress-said]");
    this.waiting = [];
    this.sent = 0;
    this.total = 0;
    this.running = false;
    this.leaving = (event) => event.preventDefault();
  }

  add(files) {
    this.waiting.push(...files);
    this.total += files.reduce((sum, { file }) => sum + file.size, 0);
    if (!this.running && this.waiting.length) this.run();
  }

  async run() {
    this.running = true;
    this.panel.hidden = false;
    this.lines.replaceChildren();
    addEventListener("beforeunload", this.leaving);
    let count = 0;
    while (this.waiting.length) {
      const next = this.waiting.shift();
      const line = document.createElement("li");
      const state = document.createElement("span");
      line.append(Object.assign(document.createElement("span"), { textContent: next.path }), state);
      this.lines.prepend(line);
      state.textContent = "en cours";
      const [told, came] = await this.send(next).catch(() => ["n’a pas pu être envoyé", false]);
      state.textContent = told;
      state.className = came ? "soft" : "wrong";
      if (came) count += 1;
    }
    removeEventListener("beforeunload", this.leaving);
    this.running = false;
    this.sent = this.total = 0;
    await this.refresh();
    this.said.textContent = count > 1 ? `${count} fichiers sont arrivés` : `${count} fichier est arrivé`;
    const failed = this.lines.querySelector(".wrong");
    this.panel.hidden = !failed;
  }

  // What to say of the file, and whether it came.
  async send({ path, file }) {
    const before = this.sent;
    const opened = await this.ask(this.form.dataset.pieces, "POST", new URLSearchParams({ chemin: path, taille: file.size, modifie: file.lastModified }));
    let stands = await opened.json();
    if (!opened.ok) return [stands.detail || stands.title, false];
    const address = stands.adresse;
    while (!stands.entier) {
      const at = stands.recu;
      this.show(before + at);
      const piece = file.slice(at, at + PIECE);
      const answer = await this.ask(address, "PATCH", piece, { "Upload-Offset": String(at) }, address);
      const told = await answer.json();
      // Elsewhere than we thought: what is on the disk decides.
      if (answer.status === 409 || answer.status === 423) {
        await pause(500);
        const asked = await this.ask(address, "GET");
        stands = await asked.json();
        if (!asked.ok) return [stands.detail || stands.title, false];
        continue;
      }
      if (!answer.ok) return [told.detail || told.title, false];
      stands = told;
    }
    this.sent = before + file.size;
    this.show(this.sent);
    return [[stands.format, stands.deja].filter(Boolean).join(" · "), true];
  }

  // Asked again while the network is away, and from where the file stands then.
  async ask(address, method, body, headers = {}, stands = null) {
    for (let turn = 0; ; turn += 1) {
      try {
        const all = { "X-CSRF-Token": this.csrf, Accept: "application/json", ...headers };
        const answer = await fetch(address, { method, body, headers: all });
        // More than its share for now: a little later.
        if (answer.status !== 429 && answer.status !== 503) return answer;
        if (turn === 20) return answer;
        await pause(1000 * Number(answer.headers.get("Retry-After") || 2));
      } catch (error) {
        if (turn === 20) throw error;
        this.words.textContent = "la connexion est coupée : l’envoi reprendra de lui-même";
        await pause(Math.min(500 * 2 ** turn, 15000));
        if (stands) return new Response("{}", { status: 409 });
      }
    }
  }

  show(bytes) {
    this.bar.value = this.total ? (100 * bytes) / this.total : 0;
    this.words.textContent = `${Math.floor(this.bar.value)} %, ${size(bytes)} sur ${size(this.total)}`;
  }

  async refresh() {
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      const fresh = answer.ok && parsed(await answer.text()).getElementById("liste");
      const list = document.getElementById("liste");
      if (!fresh) return;
      // Whoever is putting files into folders goes on with it.
      const arranging = list.querySelector("#ranger[open]");
      const ticked = new Set([...list.querySelectorAll(".ticked:checked")].map((box) => box.value));
      for (const box of fresh.querySelectorAll(".ticked")) box.checked = ticked.has(box.value);
      if (arranging) fresh.querySelector("#ranger").open = true;
      list.replaceWith(document.adoptNode(fresh));
    } catch {
      location.reload();
    }
  }
}

prepareUpload();
prepareGathering();
prepareBranches(document);
document.querySelector("#erreurs")?.focus();
