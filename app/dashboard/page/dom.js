// Small tools for the page's elements. All text goes in as text, never as HTML.

const by_id = (id) => document.getElementById(id);

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(space, "use"));
  set_icon(svg, name);
  return svg;
}

function set_icon(svg, name) {
  set(svg.firstChild, "href", `#i-${by_id(`i-${name}`) ? name : "unknown"}`);
}

// Only what differs is written: an unchanged page costs nothing.
function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function set(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

function show(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

// Children for keys, in their order; nodes of a key stay, with the focus in them.
function keep_children(parent, keys, nodes, make) {
  const wanted = new Set(keys);
  const held = parent.contains(document.activeElement) ? document.activeElement : null;
  for (const [key, x] of nodes)
    if (!wanted.has(key)) {
      x.node.remove();
      nodes.delete(key);
    }
  let at = parent.firstElementChild;
  for (const key of keys) {
    if (!nodes.has(key)) nodes.set(key, make(key));
    const {node} = nodes.get(key);
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  // A node that moves loses the focus.
  if (held && held.isConnected && held !== document.activeElement) held.focus({preventScroll: true});
}

function announce(text) {
  by_id("announcer").textContent = text;
}
