// Files: choosing or dropping them, and taking them to the server one by one.

import { el, fill } from "./screen.js";

const ENDINGS = { pdf: ".pdf", png: ".png", jpeg: ".jpg,.jpeg", docx: ".docx", xlsx: ".xlsx" };

/** Sends one file; the type says nothing, the server looks inside. */
export function postFile(key, file, language) {
  return fetch("/files", {
    method: "POST",
    headers: {
      "Content-Type": "application/octet-stream",
      "X-Zhuoyue-Language": language,
      "X-Zhuoyue-Key": key,
      "X-Zhuoyue-Name": encodeURIComponent(file.name.toWellFormed?.() ?? file.name).slice(-1900),
    },
    body: file,
    credentials: "same-origin",
    redirect: "error",
  });
}

/** The place to choose or drop files for what a screen expects; null where none are. `send` gets a list of files. */
export function drawUpload(expects, words, send) {
  const wanted = expects?.kind === "upload" ? expects.files : null;
  if (!wanted?.room) return null;
  const input = el("input", {
    type: "file",
    id: "file-entry",
    multiple: wanted.room > 1,
    accept: wanted.kinds.map((kind) => ENDINGS[kind]).join(","),
  });
  const zone = el(
    "form",
    { class: "fields upload" },
    el("label", { for: "file-entry" }, wanted.room > 1 ? words.choose_files : words.choose_file),
    input,
    el("p", {}, words.drop_here),
  );
  const take = (files) => {
    if (files.length) send([...files], wanted);
  };
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  zone.addEventListener("dragover", () => zone.classList.add("is-over"));
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    zone.classList.remove("is-over");
    take(event.dataTransfer.files);
  });
  return zone;
}

/** What is wrong with a file before it is sent: the sentence, or an empty one. */
export function tooLarge(file, wanted, words) {
  if (file.size <= wanted.most_bytes) return "";
  const size = `${Math.round((wanted.most_bytes / 1048576) * 10) / 10} MB`;
  return fill(words.file_too_large, { name: file.name, size });
}

// A file that is dropped beside its place must not open instead of the page.
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
