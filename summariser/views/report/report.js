"use strict";
// Data reaches the page as text only: every element is made by `el`, and every word in it is a text node.
(() => {
  const $ = (id) => document.getElementById(id);
  const NUMBERS = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });
  const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const LARGE_SCREEN = matchMedia("(min-width: 721px)");
  const PRINTED_ROWS = 2000;

  // ---- elements

  function el(tag, properties, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "class") made.className = value;
      else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat(Infinity)) if (child !== null && child !== undefined && child !== "") made.append(child);
    return made;
  }

  function svg(tag, properties, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  // Words of one document never change the direction of what stands beside them.
  const words = (text, className) => el("bdi", { class: className }, text);
  const badge = (name) => el("span", { class: `badge ${name}` }, name);
  // What stands first decides, as with dir="auto", which looks past isolated words.
  const direction = (text) => (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test((/\p{L}/u.exec(text) || [""])[0]) ? "rtl" : "ltr");
  const spoken = (name) => name.replaceAll("_", " ");
  const plural = (n, one, many = one + "s") => `${NUMBERS.format(n)} ${n === 1 ? one : many}`;

  // ---- data

  async function unpack(id) {
    const block = $(id);
    if (!block) return null;
    const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(block.textContent) : Uint8Array.from(atob(block.textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  let index, docs, total;
  let items = null, numbers, parties, more; // what comes after the list of documents
  let firstItem, firstNumber; // of each document, in `items` and `numbers`
  let acts, figures; // items that are not about a number, and all numbers
  const blocks = new Map();
  const NONE = -0x80000000; // a day that is not known
  const DAY = 864e5;
  const parsedDay = (text) => { const time = Date.parse(text.slice(0, 10)); return Number.isNaN(time) ? NONE : Math.floor(time / DAY); };
  const iso = (day) => new Date(day * DAY).toISOString().slice(0, 10);
  const publishedOn = (doc) => docs.published[doc].slice(0, 10);

  // Lists of whole numbers, one a row, as one list and where each begins.
  function gathered(flat, lengths) {
    const first = new Uint32Array(lengths.length + 1);
    for (let row = 0; row < lengths.length; row++) first[row + 1] = first[row] + lengths[row];
    const values = Int32Array.from(flat);
    return {
      of: (row) => values.subarray(first[row], first[row + 1]),
      some(row, chosen) { for (let at = first[row]; at < first[row + 1]; at++) if (chosen[values[at]]) return true; return false; },
    };
  }

  async function details(doc) {
    const number = Math.floor(doc / index.block);
    if (!blocks.has(number)) {
      if (!$(`block-${number}`) && document.readyState === "loading") {
        await new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
      }
      if (blocks.size > 12) blocks.delete(blocks.keys().next().value);
      blocks.set(number, unpack(`block-${number}`));
    }
    return (await blocks.get(number))[doc % index.block];
  }

  function fold(text) {
    const lower = text.toLowerCase();
    if (/^[\x00-\x7f]*$/.test(lower)) return lower;
    const straight = lower.replace(/[\u2018\u2019]/g, "'").replace(/[\u201c\u201d]/g, '"').replace(/[\u2010-\u2015]/g, "-");
    return /^[\x00-\x7f]*$/.test(straight) ? straight : straight.normalize("NFKD").replace(/\p{M}+/gu, "");
  }

  // What is searched, a text a document: its headline and title, its items, and the rest. It is made when nothing else is to be
  // done, or when it is needed. Which texts may hold a word is read off its runs of three letters: a bit a document each.
  const RUNS = 4096;
  const hay = [];
  let made = 0, prepared = 0, headEnd, itemAt, tailAt, runs, width;
  const run = (text, at) => Math.imul(text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2), 0x9e3779b1) >>> 20;

  function haystack(doc) {
    if (hay[doc] !== undefined) return hay[doc];
    const rest = [docs.id[doc], docs.message[doc] || "", index.sources[docs.source[doc]]];
    const head = fold(`${docs.headline[doc]}\n${docs.title[doc]}`);
    if (!items) return `${head}\n${fold(rest.join("\n"))}`;
    const parts = [head];
    let at = (headEnd[doc] = head.length) + 1;
    for (let item = firstItem[doc]; item < firstItem[doc + 1]; item++) {
      itemAt[item] = at;
      const text = fold(`${items.lead[item]}\n${items.body[item]}\n${items.more[item] || ""}\n${items.source[item]}`);
      parts.push(text);
      at += text.length + 1;
    }
    tailAt[doc] = at;
    rest.push(more.summary[doc]);
    for (const party of more.parties.of(doc)) rest.push(...parties.aliases[party]);
    parts.push(fold(rest.join("\n")));
    const text = (hay[doc] = parts.join("\n"));
    const word = doc >> 5, bit = 1 << (doc & 31);
    for (let place = 0; place + 2 < text.length; place++) runs[run(text, place) * width + word] |= bit;
    made++;
    return text;
  }
  function prepare(deadline) {
    for (; prepared < total; prepared++) {
      if (deadline.timeRemaining() < 1) return whenIdle(prepare);
      haystack(prepared);
    }
    partiesNamed("-");
  }
  const whenIdle = (work) =>
    window.requestIdleCallback ? requestIdleCallback(work) : setTimeout(() => { const end = performance.now() + 20; work({ timeRemaining: () => end - performance.now() }); }, 10);

  // ---- state: what is asked for, kept in the address so that a view can be bookmarked and Back works

  const FIELDS = ["q", "party", "kind", "status", "verdict", "from", "to", "unit", "least", "most", "source"];
  const TABS = ["documents", "parties-of-all", "timeline", "figures", "left-out"];
  const state = { tab: "documents", doc: null, item: null };

  function address() {
    const told = new URLSearchParams();
    if (state.tab !== "documents") told.set("tab", state.tab);
    for (const field of FIELDS) if ($(field).value) told.set(field, $(field).value);
    if (state.doc !== null) told.set("doc", state.doc + 1);
    if (state.item !== null) told.set("item", state.item);
    return `#${told}`;
  }

  function remember(step) {
    const to = address();
    if (to === (location.hash || "#")) return;
    if (step) history.pushState(null, "", to);
    else history.replaceState(null, "", to);
  }

  function recall() {
    const told = new URLSearchParams(location.hash.slice(1));
    for (const field of FIELDS) $(field).value = told.get(field) || "";
    state.tab = TABS.includes(told.get("tab")) ? told.get("tab") : "documents";
    const doc = Number(told.get("doc")) - 1;
    state.doc = Number.isInteger(doc) && doc >= 0 && doc < total ? doc : null;
    state.item = told.get("item");
  }

  // ---- filters

  const partyWords = (text) => ` ${fold(text).replace(/[^\p{L}\p{N}]+/gu, " ").trim()} `;
  let partyKeys;
  function partiesNamed(query) {
    partyKeys ||= parties.aliases.map((aliases) => aliases.map(partyWords));
    const wanted = partyWords(query);
    if (!wanted.trim()) return null;
    const found = new Uint8Array(partyKeys.length);
    let exact = false;
    partyKeys.forEach((keys, party) => { if (keys.includes(wanted)) { found[party] = 1; exact = true; } });
    if (exact) return found;
    // "chin" finds China; "us" alone does not find Australia or Russia.
    const start = wanted.trim().length > 2 ? wanted.trimEnd() : wanted;
    partyKeys.forEach((keys, party) => { if (keys.some((key) => key.includes(start))) found[party] = 1; });
    return found;
  }

  function asked() {
    const value = (id) => $(id).value.trim();
    const pair = (id) => { const text = value(id), at = text.indexOf(":"); return [text.slice(0, Math.max(0, at)), text.slice(at + 1)]; };
    const [group, kind] = pair("kind");
    const [scope, status] = pair("status");
    const number = (id) => (value(id) === "" ? null : Number(value(id)));
    const named = items && value("party") ? partiesNamed(value("party")) : null;
    const partyKind = group === "party" ? index.kinds.indexOf(kind) : -1;
    let chosen = named;
    if (items && partyKind >= 0) chosen = Uint8Array.from(parties.kind, (k, party) => (k === partyKind && (!named || named[party]) ? 1 : 0));
    return {
      words: [...value("q").matchAll(/"([^"]+)"?|\S+/g)].map((match) => fold(match[1] || match[0])),
      parties: chosen,
      section: group === "section" ? index.sections.findIndex(([name]) => name === kind) : -1,
      state: scope === "document" ? index.states.indexOf(status) : -1,
      status: scope && scope !== "document" ? index.statuses.findIndex(([section, said]) => index.sections[section][0] === scope && said === status) : -1,
      verdict: value("verdict") ? 1 << index.verdicts.indexOf(value("verdict")) : 0,
      from: value("from") ? parsedDay(value("from")) : NONE,
      to: value("to") ? parsedDay(value("to")) : NONE,
      unit: value("unit") === "" ? -1 : index.units.indexOf(value("unit").slice(1)),
      least: number("least"),
      most: number("most"),
      source: fold(value("source")),
    };
  }

  const holds = (text, sought) => { for (const word of sought) if (!text.includes(word)) return false; return true; };

  function amountFits(number, want) {
    if (want.unit >= 0 && numbers.unit[number] !== want.unit) return false;
    const value = numbers.value[number]; // not a number where there is none
    return (want.least === null || value >= want.least) && (want.most === null || value <= want.most);
  }
  const wantsAmount = (want) => want.unit >= 0 || want.least !== null || want.most !== null;

  // Documents whose text may have all the words: those with all their runs of three letters.
  function possible(sought) {
    const found = new Uint32Array(width).fill(0xffffffff);
    for (const word of sought) {
      for (let at = 0; at + 2 < word.length; at++) {
        const first = run(word, at) * width;
        for (let n = 0; n < width; n++) found[n] &= runs[first + n];
      }
    }
    return found;
  }

  // Documents that items may come from: those of the source and state asked for that have all the words somewhere.
  function candidates(want) {
    if (want.candidates) return want.candidates;
    const found = new Uint8Array(total);
    const sources = index.foldedSources.map((source) => source.includes(want.source));
    const may = items && made === total && want.words.length ? possible(want.words) : null;
    for (let doc = 0; doc < total; doc++) {
      if (want.state >= 0 && docs.state[doc] !== want.state) continue;
      if (!sources[docs.source[doc]] || (may && !(may[doc >> 5] & (1 << (doc & 31))))) continue;
      found[doc] = !want.words.length || holds(haystack(doc), want.words) ? 1 : 0;
    }
    return (want.candidates = found);
  }

  // Items that have all the words, counting those of their document's headline.
  function wordedItems(want) {
    if (want.worded) return want.worded;
    const fitting = candidates(want), found = new Uint8Array(items.count);
    for (let doc = 0; doc < total; doc++) {
      if (!fitting[doc]) continue;
      const text = haystack(doc), first = firstItem[doc], end = firstItem[doc + 1];
      let needed = 0;
      for (const word of want.words) {
        let at = text.indexOf(word);
        if (at < 0 || at < headEnd[doc]) { if (at < 0) needed = 255; continue; }
        needed++;
        for (let item = first; at >= 0 && at < tailAt[doc]; ) {
          while (item + 1 < end && itemAt[item + 1] <= at) item++;
          if (found[item] === needed - 1) found[item] = needed;
          at = text.indexOf(word, item + 1 < end ? itemAt[item + 1] : tailAt[doc]);
        }
      }
      for (let item = first; item < end; item++) found[item] = found[item] === needed ? 1 : 0;
    }
    return (want.worded = found);
  }

  function matchingDocuments(want) {
    const found = [], fitting = candidates(want);
    for (let doc = 0; doc < total; doc++) {
      if (!fitting[doc]) continue;
      const day = docs.day[doc];
      if ((want.from !== NONE || want.to !== NONE) && (day === NONE || day < want.from || (want.to !== NONE && day > want.to))) continue;
      if (want.section >= 0 && !docs.counts[doc][want.section]) continue;
      if (items) {
        if (want.verdict && !(more.verdicts[doc] & want.verdict)) continue;
        if (want.parties && !more.parties.some(doc, want.parties)) continue;
        if (want.status >= 0) {
          let item = firstItem[doc];
          const end = firstItem[doc + 1];
          while (item < end && !(items.status[item] === want.status && (!want.parties || items.by.some(item, want.parties)))) item++;
          if (item === end) continue;
        }
        if (wantsAmount(want)) {
          let number = firstNumber[doc];
          const end = firstNumber[doc + 1];
          while (number < end && !amountFits(number, want)) number++;
          if (number === end) continue;
        }
      }
      found.push(doc);
    }
    return found;
  }

  function itemFits(item, want) {
    const doc = items.document[item];
    if (want.words.length ? !wordedItems(want)[item] : !candidates(want)[doc]) return false;
    if (want.section >= 0 && items.section[item] !== want.section) return false;
    if (want.status >= 0 && items.status[item] !== want.status) return false;
    if (want.verdict && !(items.verdicts[item] & want.verdict)) return false;
    if (want.parties && !items.by.some(item, want.parties)) return false;
    if (want.from !== NONE || want.to !== NONE) {
      const first = items.from[item] === NONE ? docs.day[doc] : items.from[item];
      const last = items.to[item] === NONE ? first : items.to[item];
      if (first === NONE || last < want.from || (want.to !== NONE && first > want.to)) return false;
    }
    return true;
  }

  // ---- orders: each made once for all rows, so that filtering keeps it and sorts nothing

  const orders = new Map();
  function ordered(name, all, key, descending) {
    const id = `${name}:${descending}`;
    if (!orders.has(id)) {
      const missing = (value) => value === null || value === undefined || value === "" || Number.isNaN(value);
      const keys = [];
      for (const row of all) keys[row] = key(row);
      const known = all.filter((row) => !missing(keys[row]));
      const text = known.length > 0 && typeof keys[known[0]] === "string";
      const compare = text && all.length < 20000 ? COLLATOR.compare : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
      known.sort((a, b) => (descending ? compare(keys[b], keys[a]) : compare(keys[a], keys[b])) || a - b);
      orders.set(id, known.concat(all.filter((row) => missing(keys[row])))); // what is unknown comes last either way
    }
    return orders.get(id);
  }
  let everyDocument;

  // ---- the list of documents: only the rows that are seen exist

  const rowHeight = (element) => {
    const probe = el("div", { class: "unseen" });
    probe.style.height = getComputedStyle(element).getPropertyValue("--row");
    probe.style.position = "absolute";
    element.append(probe);
    const height = probe.getBoundingClientRect().height;
    probe.remove();
    return height || 60;
  };

  let SORTS;
  const sorts = () => ({
    "as given": [null, false],
    "newest first": [publishedOn, true],
    "oldest first": [publishedOn, false],
    "headline": [(d) => docs.headline[d], false],
    "source": [(d) => index.sources[docs.source[d]], false],
    ...Object.fromEntries(index.sections.map(([name], section) => [`most ${spoken(name)}`, [(d) => docs.counts[d][section], true]])),
    "most left out": [(d) => docs.rejected[d], true],
    "dearest first": [(d) => docs.cost[d], true],
  });
  let shownDocuments = [];

  const titled = (name) => spoken(name).replace(/^./u, (first) => first.toUpperCase());
  const unreadOf = (doc) => (docs.unread[doc] ? `${plural(docs.unread[doc], "sentence")} not read` : "");
  function meta(doc) {
    const told = [publishedOn(doc), index.sources[docs.source[doc]] || docs.id[doc]];
    const counts = index.sections.map(([name], section) => (docs.counts[doc][section] ? `${spoken(name)} ${docs.counts[doc][section]}` : ""));
    const found = docs.state[doc] === 2 ? docs.message[doc] : [unreadOf(doc), ...counts].filter(Boolean).join(", ") || "nothing found";
    return { from: joined(told), found };
  }

  const joined = (parts) => parts.filter(Boolean).map((part, at) => [at ? " · " : null, words(part)]);


  const list = {
    box: $("listbox"), height: 0, first: -1, last: -1,
    draw(force) {
      this.height ||= rowHeight(this.box);
      const { scrollTop, clientHeight } = this.box;
      const first = Math.max(0, Math.floor(scrollTop / this.height) - 6);
      const last = Math.min(shownDocuments.length, Math.ceil((scrollTop + clientHeight) / this.height) + 6);
      if (!force && first === this.first && last === this.last) return;
      [this.first, this.last] = [first, last];
      const rows = [];
      for (let at = first; at < last; at++) {
        const doc = shownDocuments[at];
        const standing = index.states[docs.state[doc]];
        const { from, found } = meta(doc);
        const row = el(
          "div",
          { role: "option", id: `doc-${doc}`, "aria-selected": String(doc === state.doc), "aria-setsize": shownDocuments.length, "aria-posinset": at + 1, onclick: () => open(doc) },
          el("span", { class: "headline", dir: "auto", lang: docs.language[doc] || null }, docs.headline[doc]),
          el("span", { class: "meta" }, from),
          el("span", { class: "meta" }, standing === "verified" ? null : [badge(standing), " "], words(found)),
        );
        row.style.top = `${at * this.height}px`;
        rows.push(row);
      }
      const filler = el("div", { class: "filler", role: "presentation" });
      filler.style.height = `${shownDocuments.length * this.height}px`;
      this.box.replaceChildren(filler, ...rows);
      const active = state.doc !== null && $(`doc-${state.doc}`);
      if (active) this.box.setAttribute("aria-activedescendant", active.id);
      else this.box.removeAttribute("aria-activedescendant");
      if (!shownDocuments.length) this.box.replaceChildren(el("p", { class: "empty" }, "No document has all of that. Clear a filter."));
      this.box.setAttribute("role", shownDocuments.length ? "listbox" : "group");
    },
    reveal(doc) {
      const at = shownDocuments.indexOf(doc);
      if (at < 0) return;
      const top = at * this.height;
      if (top < this.box.scrollTop) this.box.scrollTop = top;
      else if (top + this.height > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + this.height - this.box.clientHeight;
    },
  };

  function drawDocuments(want) {
    const [key, descending] = SORTS[$("sort").value] || SORTS["as given"];
    const found = matchingDocuments(want);
    if (key) {
      const keep = new Uint8Array(total);
      for (const doc of found) keep[doc] = 1;
      shownDocuments = ordered(`documents ${$("sort").value}`, everyDocument, key, descending).filter((doc) => keep[doc]);
    } else shownDocuments = found;
    $("count").textContent = `${NUMBERS.format(shownDocuments.length)} of ${plural(total, "document")}`;
    list.draw(true);
  }

  // ---- one document

  let things = []; // what can be selected in it: {element, evidence, fill}
  let shownDoc = null;

  async function open(doc, { item = null, step = true, focus = false } = {}) {
    const same = shownDoc === doc && $("documents").classList.contains("open");
    state.doc = doc;
    state.item = item;
    if (state.tab !== "documents") { state.tab = "documents"; showTab(); }
    $("documents").classList.add("open");
    remember(step);
    list.reveal(doc);
    list.draw(true);
    if (!same) {
      const found = await details(doc);
      if (state.doc !== doc) return;
      drawDetail(doc, found);
    }
    if (item !== null) select(item, { scroll: true });
    if (!focus) return;
    const chosen = things.find((thing) => thing.key === state.item);
    if (chosen) chosen.button.focus({ preventScroll: true }); // it has been scrolled to, and its headline would scroll back
    else $("detail").querySelector("h2").focus();
  }

  function close() {
    state.doc = state.item = shownDoc = null;
    $("documents").classList.remove("open");
    $("detail").replaceChildren(el("p", { class: "empty" }, "Choose a document."));
    remember(true);
    list.draw(true);
    $("listbox").focus({ preventScroll: true });
  }

  function worst(verdicts) {
    const found = verdicts.map((v) => index.verdicts.indexOf(v[1]));
    return found.length ? index.verdicts[Math.max(...found)] : null;
  }

  function drawDetail(doc, found) {
    shownDoc = doc;
    things = [];
    const lang = docs.language[doc] || null;
    const standing = index.states[docs.state[doc]];
    const brief = el("div", { class: "pane", id: "brief", tabindex: "0", role: "region", "aria-label": "Brief" });
    brief.append(
      el("button", { type: "button", class: "back", onclick: close }, "← All documents"),
      el("h2", { dir: "auto", lang, tabindex: "-1" }, docs.headline[doc]),
      el("p", { class: "origin", dir: "auto" }, found.origin, found.url ? [" · ", el("a", { href: found.url, rel: "noopener noreferrer", target: "_blank" }, found.url)] : null),
      el("p", { class: "badges" }, badge(standing)),
    );
    if (found.failure) {
      const [kind, message, attempts] = found.failure;
      brief.append(el("p", { class: "failure" }, el("strong", {}, kind || "failed"), ": ", words(message), attempts ? ` (${plural(attempts, "attempt")})` : ""));
    } else {
      drawItems(brief, found, doc, lang);
      brief.append(el("p", { class: "made" }, words(found.made)));
    }
    const text = el("div", { class: "pane", id: "text", tabindex: "0", role: "region", "aria-label": "Text" }, drawText(found, lang));
    $("detail").replaceChildren(brief, text);
    $("detail").dataset.doc = doc;
  }

  function drawItems(brief, found, doc, lang) {
    const entries = [], others = [];
    const thing = (into, key, content, { evidence = [], marks = [], verdicts = [], rejected = false, missed = false }) => {
      const proof = el("div", { class: "proof", hidden: true, id: `proof-${key}` });
      const button = el("button", { type: "button", class: "item", "aria-expanded": "false", "aria-controls": proof.id, onclick: () => select(key, { scroll: true }) }, content);
      button.dir = direction(button.textContent);
      const element = el("li", { class: "entry" }, button, proof);
      into.push({ key: String(key), element, button, proof, evidence, marks, verdicts, rejected, missed, text: found.text, lang });
      return element;
    };
    if (found.told) {
      brief.append(el("ul", { class: "items summary", lang }, thing(others, "summary", found.told, { evidence: found.summary })));
    }
    if (found.unread) brief.append(el("p", { class: "unread", dir: "auto" }, words(found.unread)));
    const contents = el("p", { class: "contents" });
    brief.append(contents);
    const part = (title, rows, language, short = title) => {
      const heading = el("h3", { tabindex: "-1" }, title, el("span", { class: "n" }, `  ${rows.length}`));
      contents.append(el("button", { type: "button", onclick: () => heading.scrollIntoView() }, `${short} ${rows.length}`));
      brief.append(heading, el("ul", { class: "items", lang: language }, rows));
    };
    let number = 0;
    for (const section of found.sections) {
      const rows = section.entries.map((entry) => {
        const verdict = worst(entry.verdicts);
        const flagged = entry.verdicts.some((v) => v[4]);
        const content = [
          words(entry.lead, "lead"), entry.lead ? el("span", { class: "joint" }, section.joint) : null, words(entry.body, "body"),
          verdict ? [" ", badge(verdict)] : null, flagged ? [" ", badge("flagged")] : null,
          entry.notes.length ? el("span", { class: "notes" }, joined(entry.notes)) : null,
        ];
        return thing(entries, number++, content, entry);
      });
      part(section.title, rows, lang);
    }
    if (found.rejected.length) {
      const rows = found.rejected.map((rejection, at) => {
        const said = rejection.said.flatMap(([name, value], n) => [n ? "; " : "", `${spoken(name)}: `, words(`“${value}”`)]);
        const reasons = rejection.reasons.flatMap((reason, n) => [n ? "; " : "", words(reason)]);
        const cited = rejection.sentences.length ? ` (cited: sentence ${rejection.sentences.join(", ")})` : "";
        const content = [words(rejection.section, "lead"), ": ", reasons, el("span", { class: "notes" }, said, cited)];
        return thing(others, `rejected-${at}`, content, { evidence: rejection.evidence, rejected: true });
      });
      part("Left out because it did not hold in the text", rows, null, "Left out");
    }
    if (found.omitted.length) {
      const rows = found.omitted.map(([kind, text, place], at) =>
        thing(others, `omitted-${at}`, [words(text, "lead"), el("span", { class: "said" }, ` · ${kind}`)], { marks: [place], missed: true }));
      part("In the text and covered by no item", rows, lang, "Not covered");
    }
    things = [...entries, ...others];
  }

  // Controls and what reorders or hides text, as `summariser.views.plain` has them; offsets are taken before this.
  const harmless = (text) =>
    text.replace(/[\u00ad\u061c\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g, "").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, "\ufffd");

  function fill(thing) {
    if (thing.proof.childNodes.length) return;
    for (const [start, end, text, place] of thing.evidence) {
      const quoted = start === null ? text : harmless(thing.text.slice(start, end)).replace(/\s+/g, " ");
      thing.proof.append(el("blockquote", { dir: "auto", lang: thing.lang }, quoted, place ? el("span", { class: "said" }, ` ${place}`) : null));
    }
    if (thing.verdicts.length) {
      thing.proof.append(el("table", { class: "checks" }, el("tbody", {}, thing.verdicts.map(([name, verdict, basis, said]) =>
        el("tr", {}, el("th", { scope: "row" }, spoken(name)), el("td", {}, badge(verdict)),
          el("td", {}, basis ? (verdict === "contradicted" ? ["the text has ", words(`“${basis}”`)] : ["from ", words(basis)]) : null, said ? [basis ? ", " : "", "said: ", words(`“${said}”`)] : null))))));
    }
    if (thing.text !== null && (thing.evidence.length || thing.marks.length)) {
      thing.proof.append(el("button", { type: "button", class: "jump", onclick: () => reveal(thing.key, true) }, "Show in the text"));
    }
  }

  const marked = (key) => [...$("text").querySelectorAll("[data-keys]")].filter((mark) => mark.dataset.keys.split(" ").includes(key));

  function reveal(key, focus) {
    const [first] = marked(key);
    if (!first) return;
    if (LARGE_SCREEN.matches) {
      const pane = $("text");
      const place = first.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop;
      pane.scrollTo({ top: Math.max(0, place - pane.clientHeight / 3) });
    } else first.scrollIntoView({ block: "center" });
    if (focus) first.focus({ preventScroll: true });
  }

  function select(key, { scroll = false, fromText = false } = {}) {
    key = String(key);
    const chosen = things.find((thing) => thing.key === key);
    if (!chosen) return;
    for (const thing of things) {
      const on = thing === chosen;
      thing.element.classList.toggle("current", on);
      thing.button.setAttribute("aria-expanded", String(on));
      thing.proof.hidden = !on;
    }
    fill(chosen);
    for (const mark of $("text").querySelectorAll(".on")) mark.classList.remove("on");
    for (const mark of marked(key)) mark.classList.add("on");
    if (fromText || scroll) {
      const pane = $("brief"), { top, bottom } = chosen.element.getBoundingClientRect(), frame = pane.getBoundingClientRect();
      if (LARGE_SCREEN.matches) { if (top < frame.top || bottom > frame.bottom) pane.scrollTo({ top: pane.scrollTop + top - frame.top - frame.height / 4 }); }
      else chosen.element.scrollIntoView({ block: fromText ? "center" : "nearest" });
    }
    if (scroll && !fromText && LARGE_SCREEN.matches) reveal(key);
    state.item = key;
    remember(false);
  }

  function step(by) {
    if (!things.length) return;
    const at = things.findIndex((thing) => thing.key === state.item);
    const next = things[(at < 0 ? (by > 0 ? 0 : things.length - 1) : at + by + things.length) % things.length];
    select(next.key, { scroll: true });
    next.button.focus({ preventScroll: true });
  }

  function drawText(found, lang) {
    if (found.text === null || found.text === undefined) return drawSentences(found, lang);
    const text = found.text;
    const sentences = [], inner = [];
    for (const thing of things) {
      for (const [start, end] of thing.evidence) if (start !== null) sentences.push([start, end, thing]);
      for (const [start, end] of thing.marks) if (start !== null) inner.push([start, end, thing]);
    }
    const cuts = new Set([0, text.length]);
    const opening = new Map(), closing = new Map();
    const at = (map, place, value) => { if (!map.has(place)) map.set(place, []); map.get(place).push(value); };
    for (const span of sentences.concat(inner)) { at(opening, span[0], span); at(closing, span[1], span); cuts.add(span[0]); cuts.add(span[1]); }
    for (let line = text.indexOf("\n"); line >= 0; line = text.indexOf("\n", line + 1)) { cuts.add(line); cuts.add(line + 1); }
    const places = [...cuts].sort((a, b) => a - b);
    const isInner = new Set(inner), active = new Set();
    const body = el("article", { class: "text", lang, "aria-label": "Text" });
    let line = null, gap = false, mark = null, markOf = "";
    const seen = new Set();
    for (let n = 0; n + 1 <= places.length; n++) {
      const place = places[n];
      for (const span of closing.get(place) || []) active.delete(span);
      for (const span of opening.get(place) || []) active.add(span);
      if (n + 1 === places.length) break;
      const piece = text.slice(place, places[n + 1]);
      if (piece === "\n") { gap = line === null; line = mark = null; continue; }
      if (line === null) {
        if (!piece.trim() && (n + 2 >= places.length || text[places[n + 1]] === "\n")) continue;
        line = el("p", { dir: "auto", class: gap ? "gap" : null });
        body.append(line);
        mark = null;
      }
      const outer = [...active].filter((span) => !isInner.has(span)).map((span) => span[2]);
      const keys = outer.map((thing) => thing.key).join(" ");
      if (keys !== markOf || mark === null) { mark = keys ? marking(keys, outer, seen) : null; markOf = keys; if (mark) line.append(mark); }
      const named = [...active].filter((span) => isInner.has(span)).map((span) => span[2]);
      const content = harmless(piece);
      if (named.length) {
        const missed = named.every((thing) => thing.missed);
        (mark || line).append(el("span", { class: missed ? "missed" : "word", "data-keys": named.map((thing) => thing.key).join(" ") }, content));
      } else (mark || line).append(content);
    }
    return [el("h3", {}, "Text"), picking(body)];
  }

  function picking(body) {
    body.addEventListener("click", (event) => { if (String(getSelection()) === "") pick(event.target); });
    body.addEventListener("keydown", (event) => { if ((event.key === "Enter" || event.key === " ") && event.target.dataset.keys) { event.preventDefault(); pick(event.target); } });
    return body;
  }

  // Where there is no text: the sentences that something rests on, in their order.
  function drawSentences(found, lang) {
    if (found.failure) return [el("h3", {}, "Text"), el("p", { class: "notice" }, "The text of this document was not given to this report.")];
    const sentences = new Map();
    for (const thing of things) {
      for (const [, start, text, place] of thing.evidence.filter(([first]) => first === null)) {
        const id = `${start} ${text}`;
        if (!sentences.has(id)) sentences.set(id, { start, text, place, keys: [] });
        sentences.get(id).keys.push(thing.key);
      }
    }
    const body = el("article", { class: "text", lang, "aria-label": "Sentences" }, [...sentences.values()].sort((a, b) => a.start - b.start).map(({ text, place, keys }) =>
      el("p", { dir: "auto", class: "gap" }, el("mark", { "data-keys": keys.join(" "), tabindex: "0", role: "button" }, text), el("span", { class: "said" }, ` ${place}`))));
    return [el("h3", {}, "Sentences"), el("p", { class: "notice" }, "The text of this document was not found when this report was made. These are its sentences that something rests on. “summariser view … --documents FILE” says where the texts are."), picking(body)];
  }

  function marking(keys, outer, seen) {
    const first = !seen.has(keys); // a sentence cut into pieces is one stop of the Tab key
    seen.add(keys);
    return el("mark", { "data-keys": keys, class: outer.every((thing) => thing.rejected) ? "rejected" : null, tabindex: first ? "0" : "-1", role: "button" });
  }

  // A figure's own number leads to the figure; a sentence to the items that rest on it, one after another.
  function pick(target) {
    const near = target.closest("[data-keys]");
    if (!near) return;
    const outer = near.closest("mark");
    const keys = [...new Set([...near.dataset.keys.split(" "), ...(outer ? outer.dataset.keys.split(" ") : [])])];
    const rank = (key) => (/^\d+$/.test(key) ? 0 : key.startsWith("rejected") ? 2 : 1);
    if (near === outer) keys.sort((a, b) => rank(a) - rank(b) || Number(b) - Number(a) || 0);
    select(keys[(keys.indexOf(state.item) + 1) % keys.length], { fromText: true });
  }

  // ---- tables across documents

  class Grid {
    constructor(name, columns, key, descending, label) {
      Object.assign(this, { name, columns, sortBy: key, descending, rows: [], height: 0 });
      this.body = el("tbody");
      this.head = el("tr", {}, columns.map((column) =>
        el("th", { scope: "col", class: column.class, "data-key": column.key }, el("button", { type: "button", onclick: () => this.sort(column) }, column.title))));
      this.table = el("table", { class: "grid" }, el("caption", { class: "unseen" }, label), el("thead", {}, this.head), this.body);
      this.box = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label, onscroll: () => this.draw() }, this.table);
      addEventListener("resize", () => { this.height = 0; if (this.box.isConnected && this.box.offsetParent) this.draw(true); });
    }
    sort(column) {
      this.descending = this.sortBy === column.key ? !this.descending : Boolean(column.descending);
      this.sortBy = column.key;
      this.redo();
    }
    order(all) {
      const column = this.columns.find((c) => c.key === this.sortBy);
      return ordered(`${this.name} ${column.key}`, all, column.value, this.descending);
    }
    show(rows, redo) {
      this.rows = rows;
      this.redo = redo;
      for (const th of this.head.children) {
        if (th.dataset.key === this.sortBy) th.setAttribute("aria-sort", this.descending ? "descending" : "ascending");
        else th.removeAttribute("aria-sort");
      }
      this.box.scrollTop = 0;
      this.draw(true);
    }
    draw(force, limit) {
      this.height ||= rowHeight(this.table);
      const { scrollTop, clientHeight } = this.box;
      const first = limit ? 0 : Math.max(0, Math.floor(scrollTop / this.height) - 6);
      const last = Math.min(this.rows.length, limit || Math.ceil((scrollTop + clientHeight) / this.height) + 6);
      if (!force && first === this.first && last === this.last) return;
      [this.first, this.last] = [first, last];
      const space = (rows) => {
        const cell = el("td", { colspan: this.columns.length });
        cell.style.height = `${rows * this.height}px`;
        return el("tr", { class: "filler", "aria-hidden": "true" }, cell);
      };
      const shown = [];
      for (let at = first; at < last; at++) {
        const row = this.rows[at];
        const follow = () => this.follow(row);
        shown.push(el("tr", { class: "row", tabindex: "0", "aria-rowindex": at + 2, onclick: follow, onkeydown: (event) => { if (event.key === "Enter") follow(); } },
          this.columns.map((column) => el("td", { class: column.class }, el("div", { class: `cell ${column.style || ""}`, dir: column.plain ? null : "auto" }, column.cell(row))))));
      }
      this.table.setAttribute("aria-rowcount", this.rows.length + 1);
      this.body.replaceChildren(space(first), ...shown, space(limit ? 0 : this.rows.length - last));
      if (!this.rows.length) this.body.replaceChildren(el("tr", {}, el("td", { colspan: this.columns.length }, el("p", { class: "empty" }, "Nothing has all of that. Clear a filter."))));
    }
  }

  const grids = {};
  // Columns, those left out in which nothing would stand.
  const filled = (rows, columns) => columns.filter(({ optional, value }) => !optional || rows.some((row) => value(row)));
  const openItem = (item) => open(items.document[item], { item: items.entry[item], focus: true });
  const sourceOf = (doc) => index.sources[docs.source[doc]];
  const whence = (doc) => [el("span", { class: "line", dir: "auto" }, docs.headline[doc]), sourceOf(doc) ? el("span", { class: "line", dir: "auto" }, sourceOf(doc)) : null];
  const documentColumn = (itemOf) => ({ key: "document", title: "Document", class: "wide", style: "dim", value: (row) => docs.headline[items.document[itemOf(row)]], cell: (row) => whence(items.document[itemOf(row)]) });
  const sourceColumn = (itemOf) => ({ key: "source", title: "According to", class: "minor", optional: true, style: "dim", value: (row) => items.source[itemOf(row)], cell: (row) => items.source[itemOf(row)] });
  const aboutNumbers = (section) => index.sections[section][1];
  const statusOf = (code) => (code < 0 ? "" : spoken(index.statuses[code][1] || index.sections[index.statuses[code][0]][0]));
  const TINTS = 10;
  const tint = (code) => `fill-${code % TINTS}`;

  // Parties

  let partyRows;
  const emptyParties = () => parties.name.map((name, party) => ({ party, name, documents: 0, items: index.sections.map(() => 0), by: index.statuses.map(() => 0) }));

  // Counted over what the filters leave.
  function tally(want, documents) {
    partyRows ||= emptyParties();
    for (const row of partyRows) { row.documents = 0; row.items.fill(0); row.by.fill(0); }
    for (const doc of documents) {
      for (const party of more.parties.of(doc)) partyRows[party].documents++;
      for (let item = firstItem[doc]; item < firstItem[doc + 1]; item++) {
        if (want.status >= 0 && items.status[item] !== want.status) continue;
        for (const party of items.by.of(item)) {
          partyRows[party].items[items.section[item]]++;
          if (items.section[item] === 0 && items.status[item] >= 0) partyRows[party].by[items.status[item]]++;
        }
      }
    }
  }

  function bar(row, most) {
    let x = 0;
    const pieces = row.by.map((n, status) => {
      const width = (100 * n) / most;
      const piece = svg("rect", { x, y: 0, width, height: 10, class: tint(status) });
      x += width;
      return piece;
    });
    const told = row.by.map((n, status) => (n ? `${n} ${statusOf(status)}` : "")).filter(Boolean).join(", ");
    return svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", "aria-label": told || "none" }, ...pieces);
  }

  let mostOfFirst = 1;
  function drawParties(want) {
    const counted = (section) => ({ key: `items ${section}`, title: titled(index.sections[section][0]), class: `number ${section ? "small minor" : "narrow"}`, plain: true, descending: true, of: (row) => row.items[section], cell: (p) => NUMBERS.format(partyRows[p].items[section]) });
    const [first, ...others] = index.sections.map((_, section) => counted(section));
    const grid = (grids.parties ||= build("parties-of-all", "Parties", new Grid("parties", [
      { key: "name", title: "Party", class: "wide", of: (row) => row.name, cell: (p) => words(partyRows[p].name, "lead") },
      { key: "kind", title: "Kind", class: "narrow minor", style: "dim", plain: true, of: (row) => index.kinds[parties.kind[row.party]], cell: (p) => spoken(index.kinds[parties.kind[p]]) },
      { key: "documents", title: "Documents", class: "number small minor", plain: true, descending: true, of: (row) => row.documents, cell: (p) => NUMBERS.format(partyRows[p].documents) },
      first,
      { key: "bar", title: "of which", class: "wide", plain: true, descending: true, of: first.of, cell: (p) => bar(partyRows[p], mostOfFirst) },
      ...others,
    ], first.key, true, `Parties by number of ${spoken(index.sections[0][0])}`), legend(codesOf([0]))));
    grid.follow = (party) => { $("party").value = partyRows[party].name; state.tab = acts.length ? "timeline" : "figures"; remember(true); refresh(); };
    tally(want, matchingDocuments(want));
    const rows = partyRows.filter((row) => row.documents && (!want.parties || want.parties[row.party]));
    const { of } = grid.columns.find((column) => column.key === grid.sortBy), sign = grid.descending ? -1 : 1;
    const compare = rows.length && typeof of(rows[0]) === "string" ? COLLATOR.compare : (a, b) => a - b;
    rows.sort((a, b) => sign * compare(of(a), of(b)) || b.documents - a.documents || a.party - b.party);
    mostOfFirst = rows.reduce((most, row) => Math.max(most, row.items[0]), 1);
    $("count").textContent = plural(rows.length, "party", "parties");
    grid.show(rows.map((row) => row.party), () => drawParties(want));
  }

  const codesOf = (sections) => index.statuses.map((_, code) => code).filter((code) => sections.includes(index.statuses[code][0]));
  const legend = (codes) => el("p", { class: "legend" }, codes.map((code) => el("span", {}, el("i", { class: tint(code) }), statusOf(code))));

  function build(panel, title, grid, ...before) {
    $(panel).append(...before.filter(Boolean), grid.box);
    return grid;
  }

  // Timeline

  const listed = (names) => names.join(", ").replace(/, ([^,]*)$/, " and $1");

  function bins(first, last) {
    const months = (last - first) / (30.4 * 864e5);
    const size = months <= 40 ? 1 : months <= 120 ? 3 : months <= 480 ? 12 : 120;
    const start = new Date(first), edges = [];
    let year = start.getUTCFullYear(), month = Math.floor(start.getUTCMonth() / Math.min(size, 12)) * Math.min(size, 12);
    if (size === 120) year -= year % 10;
    for (let time = Date.UTC(year, month); edges.length < 400; month += size, time = Date.UTC(year, month)) { edges.push(time); if (time > last) break; }
    const label = (time) => { const d = new Date(time), y = d.getUTCFullYear(); return size >= 12 ? `${y}` : size === 3 ? `${y} Q${d.getUTCMonth() / 3 + 1}` : iso(time / DAY).slice(0, 7); };
    return { edges, label };
  }

  function drawTimeline(want) {
    const self = (item) => item;
    const names = listed(index.sections.filter(([, numeric]) => !numeric).map(([name]) => spoken(name)));
    const grid = (grids.timeline ||= build("timeline", "Timeline", new Grid("timeline", filled(acts, [
      { key: "date", title: "Date", class: "date", style: "dim", value: (i) => (items.from[i] === NONE ? null : items.from[i]), cell: (i) => (items.when[i] ? [el("span", {}, items.dated[i] || ""), items.dated[i] ? el("br") : null, words(items.when[i])] : "no date") },
      { key: "status", title: "Status", class: "small", plain: true, value: (i) => (items.status[i] < 0 ? null : items.status[i]), cell: (i) => (items.status[i] < 0 ? null : el("span", { class: "badge" }, statusOf(items.status[i]))) },
      { key: "who", title: "Who", class: "minor", optional: true, value: (i) => items.lead[i], cell: (i) => words(items.lead[i], "lead") },
      { key: "what", title: "What", class: "wide", value: (i) => items.body[i], cell: (i) => [LARGE_SCREEN.matches || !items.lead[i] ? null : [words(items.lead[i], "lead"), ": "], words(items.body[i])] },
      sourceColumn(self),
      documentColumn(self),
    ]), "date", true, titled(names)), (timelinePlot = el("div", { class: "plot" }))));
    grid.follow = openItem;
    const rows = grid.order(acts).filter((item) => itemFits(item, want));
    $("count").textContent = `${titled(names)}: ${NUMBERS.format(rows.length)}`;
    grid.show(rows, () => drawTimeline(want));
    plotTimeline(rows);
  }

  // The first section stands above the line, the others below.
  let timelinePlot, figuresPlot;
  let room = 0; // pixels of width; asked for only when the window changes: else the whole table is laid out first
  const plotWidth = () => Math.max(280, room - 60);
  function plotTimeline(rows) {
    const dated = rows.filter((item) => items.from[item] !== NONE);
    timelinePlot.replaceChildren(el("h2", {}, `When: ${NUMBERS.format(dated.length)} with a date, ${NUMBERS.format(rows.length - dated.length)} without`));
    if (!dated.length) return;
    const times = Float64Array.from(dated, (item) => items.from[item] * DAY).sort();
    const cut = Math.floor(times.length / 50); // a date far off must not flatten all others
    const { edges, label } = bins(times[cut], times[times.length - 1 - cut]);
    const [above, ...below] = index.sections.map((_, section) => section).filter((section) => !aboutNumbers(section));
    const codes = codesOf([above, ...below]);
    const heights = edges.slice(0, -1).map(() => new Array(index.statuses.length).fill(0));
    let before = 0, after = 0;
    for (const item of dated) {
      const time = items.from[item] * DAY;
      if (time < edges[0]) { before++; continue; }
      if (time >= edges[edges.length - 1]) { after++; continue; }
      let low = 0, high = edges.length - 1;
      while (high - low > 1) { const middle = (low + high) >> 1; if (edges[middle] <= time) low = middle; else high = middle; }
      if (items.status[item] >= 0) heights[low][items.status[item]]++;
    }
    const isAbove = (code) => index.statuses[code][0] === above;
    const sum = (counts, wanted) => counts.reduce((total, n, code) => total + (isAbove(code) === wanted ? n : 0), 0);
    const [mostUp, mostDown] = [true, false].map((side) => heights.reduce((most, counts) => Math.max(most, sum(counts, side)), 0));
    const most = Math.max(mostUp, mostDown, 1), shown = codes.filter((code) => heights.some((counts) => counts[code]));
    const width = plotWidth(), half = 64, tall = mostUp ? half : 0, step = width / heights.length;
    const told = [above, ...below].map((section) => spoken(index.sections[section][0]));
    const picture = svg("svg", { viewBox: `0 0 ${width} ${tall + 20 + (mostDown ? half : 0)}`, role: "img", "aria-label": `${titled(told[0])} above${below.length ? ` and ${listed(told.slice(1))} below` : ""} the line, from ${label(edges[0])} to ${label(edges[edges.length - 2])}` });
    heights.forEach((counts, at) => {
      let up = tall, down = tall + 16;
      for (const code of shown) {
        if (!counts[code]) continue;
        const height = Math.max(1.5, (counts[code] / most) * half);
        if (isAbove(code)) up -= height;
        const choose = () => { $("from").value = iso(edges[at] / DAY); $("to").value = iso(edges[at + 1] / DAY - 1); changed(); };
        picture.append(svg("rect", { x: at * step + 0.5, y: isAbove(code) ? up : down, width: Math.max(1, step - 1), height, class: tint(code), onclick: choose }, svg("title", {}, `${label(edges[at])}: ${counts[code]} ${statusOf(code)}`)));
        if (!isAbove(code)) down += height;
      }
    });
    const every = Math.max(1, Math.ceil(heights.length / (width / 70)));
    for (let at = 0; at < heights.length; at += every) picture.append(svg("text", { x: at * step, y: tall + 12 }, label(edges[at])));
    timelinePlot.append(picture, legend(shown), before + after ? el("p", { class: "legend" }, `Not drawn: ${before} earlier, ${after} later.`) : "");
  }

  // Figures: a row a number, so that one item may have several

  const amount = (number) => {
    const value = numbers.value[number];
    if (Number.isNaN(value)) return "";
    const unit = index.units[numbers.unit[number]] || "";
    return `${NUMBERS.format(value)}${unit ? ` ${unit}` : ""}`;
  };

  function drawFigures(want) {
    const of = (number) => numbers.item[number];
    const written = (n) => numbers.words[n] ?? items.lead[of(n)];
    const grid = (grids.figures ||= build("figures", "Figures", new Grid("figures", filled(figures, [
      { key: "words", title: "As written", class: "narrow", value: written, cell: (n) => words(written(n), "lead") },
      { key: "value", title: "Amount", class: "number amount", descending: true, value: (n) => numbers.value[n], cell: (n) => words(amount(n)) },
      { key: "measures", title: "What it measures", class: "wide", value: (n) => items.body[of(n)], cell: (n) => [words(items.body[of(n)]), numbers.label[n] ? el("span", { class: "said" }, ` · ${numbers.label[n]}`) : null] },
      { key: "asof", title: "As of", class: "small minor", optional: true, style: "dim", value: (n) => (items.from[of(n)] === NONE ? null : items.from[of(n)]), cell: (n) => items.when[of(n)] || "" },
      sourceColumn(of),
      documentColumn(of),
    ]), "value", true, "Figures"), (figuresPlot = el("div", { class: "plot" }))));
    grid.follow = (number) => openItem(of(number));
    const rows = grid.order(figures).filter((number) => amountFits(number, want) && itemFits(of(number), want));
    $("count").textContent = plural(rows.length, "figure");
    grid.show(rows, () => drawFigures(want));
    plotFigures(rows, want);
  }

  const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
  function plotFigures(rows, want) {
    const met = new Map();
    for (const number of rows) if (numbers.value[number] > 0) met.set(numbers.unit[number], (met.get(numbers.unit[number]) || 0) + 1);
    const units = [...met].filter(([unit]) => index.units[unit]).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const unit = want.unit >= 0 ? want.unit : units.length ? units[0][0] : -1;
    const values = rows.filter((number) => numbers.unit[number] === unit && numbers.value[number] > 0).map((number) => Math.log10(numbers.value[number]));
    figuresPlot.replaceChildren(el("h2", {}, values.length ? `How large: ${plural(values.length, "figure")} in ${index.units[unit] || "no unit"}` : "How large: no amounts to draw"));
    if (!values.length) return;
    const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
    const size = high - low > 8 ? 1 : high - low > 3 ? 1 / 3 : 1 / 6;
    const first = Math.floor(low / size + 1e-9), last = Math.floor(high / size + 1e-9);
    const heights = new Array(Math.min(200, last - first + 1)).fill(0);
    for (const value of values) heights[Math.min(heights.length - 1, Math.floor(value / size + 1e-9) - first)]++;
    const width = plotWidth(), tall = 80, step = Math.min(90, width / heights.length), most = Math.max(...heights);
    const edge = (at) => 10 ** ((first + at) * size);
    const rounded = (value) => Number(value.toPrecision(3));
    const picture = svg("svg", { viewBox: `0 0 ${width} ${tall + 16}`, role: "img", "aria-label": `Number of figures by size, from ${short.format(edge(0))} to ${short.format(edge(heights.length))} ${index.units[unit]}` });
    heights.forEach((n, at) => {
      if (!n) return;
      const height = Math.max(2, (n / most) * tall);
      const choose = () => { $("unit").value = `=${index.units[unit]}`; $("least").value = rounded(edge(at)); $("most").value = rounded(edge(at + 1)); changed(); };
      picture.append(svg("rect", { x: at * step + 0.5, y: tall - height, width: step - 1, height, class: "fill-figure", onclick: choose }, svg("title", {}, `${short.format(edge(at))} to ${short.format(edge(at + 1))}: ${n}`)));
    });
    picture.append(svg("line", { x1: 0, x2: step * heights.length, y1: tall, y2: tall, class: "axis" }));
    const every = Math.max(1, Math.ceil(55 / step));
    for (let at = 0; at <= heights.length; at += every) picture.append(svg("text", { x: at * step, y: tall + 13 }, short.format(edge(at))));
    const others = units.filter(([other]) => other !== unit).slice(0, 8);
    figuresPlot.append(picture, others.length ? el("p", { class: "legend flow" }, "Also in ", others.flatMap(([other, n], at) => [at ? ", " : "", el("button", { type: "button", class: "link", onclick: () => { $("unit").value = `=${index.units[other]}`; changed(); } }, index.units[other]), ` (${NUMBERS.format(n)})`])) : "");
  }

  // Left out

  function drawLeftOut(want) {
    const grid = (grids.leftOut ||= build("left-out", "Left out", new Grid("left out", [
      { key: "state", title: "State", class: "small", plain: true, value: (d) => -docs.state[d], cell: (d) => badge(index.states[docs.state[d]]) },
      { key: "headline", title: "Document", class: "wide", value: (d) => docs.headline[d], cell: (d) => words(docs.headline[d], "lead") },
      { key: "why", title: "What happened", class: "wide", value: (d) => (docs.state[d] === 2 ? docs.message[d] : unreadOf(d)), cell: (d) => (docs.state[d] === 2 ? words(docs.message[d]) : `${docs.unread[d] ? `${unreadOf(d)}, ` : ""}${plural(docs.rejected[d], "statement")} left out, ${plural(docs.omitted[d], "amount, date or name", "amounts, dates or names")} not covered`) },
      { key: "rejected", title: "Rejected", class: "number small minor", plain: true, descending: true, value: (d) => docs.rejected[d], cell: (d) => NUMBERS.format(docs.rejected[d]) },
      { key: "omitted", title: "Omitted", class: "number small minor", plain: true, descending: true, value: (d) => docs.omitted[d], cell: (d) => NUMBERS.format(docs.omitted[d]) },
      { key: "model", title: "Model", class: "narrow minor", style: "dim", value: (d) => index.models[docs.model[d]] || "", cell: (d) => index.models[docs.model[d]] || "" },
    ], "state", false, "Failures, and what was left out of briefs")));
    grid.follow = (doc) => open(doc, { item: docs.rejected[doc] ? "rejected-0" : null, focus: true });
    const keep = new Uint8Array(total);
    for (const doc of matchingDocuments(want)) keep[doc] = 1;
    const rows = grid.order(everyDocument).filter((doc) => keep[doc] && (docs.state[doc] || docs.rejected[doc] || docs.omitted[doc]));
    $("count").textContent = plural(rows.length, "document");
    grid.show(rows, () => drawLeftOut(want));
  }

  // ---- putting it together

  const DRAW = { documents: drawDocuments, "parties-of-all": drawParties, timeline: drawTimeline, figures: drawFigures, "left-out": drawLeftOut };

  function showTab() {
    if ($(`tab-${state.tab}`).hidden) state.tab = "documents";
    for (const tab of TABS) {
      const on = tab === state.tab;
      $(tab).hidden = !on;
      $(`tab-${tab}`).setAttribute("aria-selected", String(on));
      $(`tab-${tab}`).tabIndex = on ? 0 : -1;
    }
    const set = FIELDS.filter((field) => field !== "q" && $(field).value).length;
    $("active").textContent = set || "";
    if (state.tab === "documents" || items) DRAW[state.tab](asked());
  }

  function refresh() {
    showTab();
    document.documentElement.dataset.drawn = String(Number(document.documentElement.dataset.drawn || 0) + 1);
  }

  let waiting = false;
  function changed() {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      if (state.tab === "documents") list.box.scrollTop = 0;
      refresh();
      remember(false);
    });
  }

  function toTab(tab) {
    state.tab = tab;
    remember(true);
    refresh();
  }

  function restore() {
    recall();
    refresh();
    if (state.doc !== null) open(state.doc, { item: state.item, step: false });
    else { shownDoc = null; $("documents").classList.remove("open"); }
  }

  function fillChoices() {
    const group = (label, entries) => el("optgroup", { label }, entries.map(([value, title]) => el("option", { value }, title)));
    $("kind").append(group("With", index.sections.map(([name]) => [`section:${name}`, spoken(name)])), group("Parties", index.kinds.map((kind) => [`party:${kind}`, spoken(kind)])));
    $("status").append(
      ...index.sections.map(([name], section) => [name, index.statuses.filter(([of, said]) => of === section && said)]).filter(([, choices]) => choices.length)
        .map(([name, choices]) => group(titled(name), choices.map(([, said]) => [`${name}:${said}`, spoken(said)]))),
      group("Briefs", index.states.map((name) => [`document:${name}`, name])),
    );
    $("verdict").append(...index.verdicts.map((name) => el("option", { value: name }, name)));
    SORTS = sorts();
    $("sort").append(...Object.keys(SORTS).map((name) => el("option", { value: name }, name)));
    $("sources").append(...index.sources.filter(Boolean).slice(0, 300).map((value) => el("option", { value })));
  }

  function fillMoreChoices() {
    const met = new Map();
    for (const number of figures) met.set(numbers.unit[number], (met.get(numbers.unit[number]) || 0) + 1);
    const units = [...met].filter(([unit]) => index.units[unit]).sort((a, b) => b[1] - a[1]).slice(0, 200);
    $("unit").append(...units.map(([unit, n]) => el("option", { value: `=${index.units[unit]}` }, `${index.units[unit]} (${NUMBERS.format(n)})`)));
    tally({ status: -1 }, everyDocument);
    const often = [...partyRows].sort((a, b) => b.items[0] - a.items[0] || b.documents - a.documents).slice(0, 300);
    $("parties").append(...often.map((row) => el("option", { value: row.name })));
    // What this kind of brief does not have is not offered.
    const offered = { "parties-of-all": parties.name.length, timeline: acts.length, figures: figures.length };
    for (const [tab, some] of Object.entries(offered)) $(`tab-${tab}`).hidden = !some;
    for (const id of ["unit", "least", "most"]) $(id).closest("label").hidden = !figures.length;
    $("party").closest("label").hidden = $("kind").lastElementChild.hidden = !parties.name.length;
  }
  const offeredTabs = () => TABS.filter((tab) => !$(`tab-${tab}`).hidden);

  function totals() {
    const failed = docs.state.filter((s) => s === 2).length, flagged = docs.state.filter((s) => s === 1).length;
    const briefs = total - failed;
    const known = docs.cost.filter((cost, doc) => cost !== null && docs.state[doc] !== 2);
    const unknown = briefs - known.length;
    const cost = known.reduce((sum, each) => sum + each, 0);
    const tokens = docs.tokens.reduce((sum, each) => sum + (each || 0), 0);
    const paid = known.length ? (cost ? `$${cost < 0.01 ? cost.toPrecision(2) : cost.toFixed(2)}` : "free") : "";
    const told = [
      plural(briefs, "brief"), failed ? plural(failed, "failure") : "", flagged ? `${NUMBERS.format(flagged)} flagged` : "",
      plural(docs.counts.flat().reduce((sum, n) => sum + n, 0), "item"),
      [paid, unknown ? `cost of ${NUMBERS.format(unknown)} unknown` : ""].filter(Boolean).join(", "),
      tokens ? `${short.format(tokens)} tokens` : "",
      index.models.length > 3 ? `${index.models.length} models` : index.models.join(", "),
    ];
    $("totals").replaceWith(el("p", { id: "totals" }, joined(told)));
  }

  function listen() {
    $("filters").addEventListener("input", changed);
    $("filters").addEventListener("submit", (event) => event.preventDefault());
    $("filters").addEventListener("reset", () => setTimeout(changed));
    $("sort").addEventListener("change", changed);
    $("listbox").addEventListener("scroll", () => list.draw());
    $("listbox").addEventListener("keydown", (event) => {
      const page = Math.max(1, Math.floor(list.box.clientHeight / list.height) - 1);
      const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
      if (by !== undefined) { event.preventDefault(); neighbour(by); }
      else if (event.key === "Enter" && state.doc !== null) $("detail").querySelector("h2").focus();
    });
    for (const tab of TABS) $(`tab-${tab}`).addEventListener("click", () => toTab(tab));
    $("tabs").addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      const tabs = offeredTabs();
      toTab(tabs[(tabs.indexOf(state.tab) + by + tabs.length) % tabs.length]);
      $(`tab-${state.tab}`).focus();
    });
    $("help-button").addEventListener("click", () => $("help").showModal());
    addEventListener("popstate", restore);
    room = $("main").clientWidth;
    addEventListener("resize", () => { room = $("main").clientWidth; list.height = 0; if (state.tab === "documents") list.draw(true); });
    document.addEventListener("keydown", shortcut);
    addEventListener("beforeprint", () => {
      for (const thing of things) fill(thing);
      for (const grid of Object.values(grids)) if (grid.box.offsetParent) grid.draw(true, PRINTED_ROWS);
    });
    addEventListener("afterprint", () => { for (const grid of Object.values(grids)) if (grid.box.offsetParent) grid.draw(true); });
  }

  function neighbour(by) {
    if (!shownDocuments.length) return;
    const at = shownDocuments.indexOf(state.doc);
    const to = Math.max(0, Math.min(shownDocuments.length - 1, at < 0 && by !== Infinity ? 0 : at + by));
    open(shownDocuments[to], { step: false });
  }

  function shortcut(event) {
    const typing = event.target.closest && event.target.closest("input, select, textarea, dialog");
    if (event.key === "Escape" && !$("help").open) {
      if (typing) event.target.blur();
      else if (state.tab === "documents" && state.doc !== null) close();
      return;
    }
    if (typing || !$("keys").checked || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      "/": () => { $("q").focus(); $("q").select(); }, "?": () => $("help").showModal(),
      j: () => { if (state.tab === "documents") neighbour(1); }, k: () => { if (state.tab === "documents") neighbour(-1); },
      n: () => { if (state.tab === "documents") step(1); }, p: () => { if (state.tab === "documents") step(-1); },
    }[event.key] || (/^[1-5]$/.test(event.key) && offeredTabs()[event.key - 1] && (() => toTab(offeredTabs()[event.key - 1])));
    if (act) { event.preventDefault(); act(); }
  }

  const everyOf = (count) => Array.from({ length: count }, (_, row) => row);
  // Where the rows of each document begin.
  function begins(count, docOf) {
    const first = new Uint32Array(total + 1);
    for (let row = 0; row < count; row++) first[docOf(row) + 1]++;
    for (let doc = 0; doc < total; doc++) first[doc + 1] += first[doc];
    return first;
  }

  async function begin() {
    index = await unpack("index");
    docs = index.documents;
    total = docs.id.length;
    everyDocument = everyOf(total);
    docs.day = Int32Array.from(docs.published, parsedDay);
    index.foldedSources = index.sources.map(fold);
    fillChoices();
    totals();
    $("more").open = matchMedia("(min-width: 1400px)").matches;
    listen();
    const asked = new URLSearchParams(location.hash.slice(1)).get("unit");
    restore();
    document.documentElement.dataset.ready = "list";
    await new Promise((painted) => setTimeout(painted));

    const rest = await unpack("items");
    parties = rest.parties;
    more = rest.documents;
    more.parties = gathered(more.parties, more.parties_counts);
    const count = rest.items.document.length;
    const days = (column) => Int32Array.from(column, (day) => day ?? NONE);
    items = {
      ...rest.items,
      count,
      document: Uint32Array.from(rest.items.document),
      section: Uint8Array.from(rest.items.section),
      status: Int16Array.from(rest.items.status),
      from: days(rest.items.from),
      to: days(rest.items.to),
      verdicts: Uint8Array.from(rest.items.verdicts),
      by: gathered(rest.items.by, rest.items.by_counts),
    };
    numbers = {
      ...rest.numbers,
      item: Uint32Array.from(rest.numbers.item),
      unit: Int32Array.from(rest.numbers.unit),
      value: Float64Array.from(rest.numbers.value, (value) => value ?? NaN),
    };
    acts = everyOf(count).filter((item) => !aboutNumbers(items.section[item]));
    figures = everyOf(numbers.item.length);
    firstItem = begins(count, (item) => items.document[item]);
    firstNumber = begins(figures.length, (number) => items.document[numbers.item[number]]);
    [headEnd, tailAt, itemAt] = [new Uint32Array(total), new Uint32Array(total), new Uint32Array(count)];
    width = Math.ceil(total / 32);
    runs = new Uint32Array(RUNS * width);
    fillMoreChoices();
    if (asked && !$("unit").value) $("unit").value = asked; // there was nothing to choose it from before
    refresh();
    document.documentElement.dataset.ready = "all";
    whenIdle(prepare);
  }

  begin().catch((error) => {
    $("trouble").textContent = `This report cannot be shown: ${error.message}. It needs a browser of 2023 or later.`;
    $("trouble").hidden = false;
  });
})();
