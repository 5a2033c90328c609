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
    /* ---- Values to copy: one click chooses the whole value, as the Tab key does ---- */

for (const value of document.querySelectorAll("input.copied")) value.addEventListener("click", () => value.select());

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

prepareUpload();
prepareBranches(document);
document.querySelector("#erreurs")?.focus();
