// A page is whole without this: it only adds what needs a script.
document.querySelectorAll('pre.source').forEach(function (pre) {
  if (!navigator.clipboard && !document.execCommand) return;
  var button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.addEventListener('click', function () {
    copy(pre.querySelector('code').textContent).then(function () { say('Copied'); }, function () { say('Not copied'); });
  });
  pre.parentNode.insertBefore(button, pre);

  function say(text) {
    button.textContent = text;
    setTimeout(function () { button.textContent = 'Copy'; }, 1500);
  }
});

// Pages opened from a folder may have no clipboard of the newer kind.
function copy(text) {
  return navigator.clipboard ? navigator.clipboard.writeText(text).catch(function () { return copyBySelection(text); }) : copyBySelection(text);
}

function copyBySelection(text) {
  var area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.appendChild(area);
  area.select();
  var done = document.execCommand('copy');
  area.remove();
  return done ? Promise.resolve() : Promise.reject(new Error('not allowed'));
}

var folds = document.querySelectorAll('details.fold');
if (folds.length > 0) {
  var toggle = document.createElement('button');
  toggle.type = 'button';
  toggle.className = 'fold-all';
  function label() { toggle.textContent = document.querySelector('details.fold[open]') ? 'Hide code' : 'Show code'; }
  toggle.addEventListener('click', function () {
    var open = !document.querySelector('details.fold[open]');
    folds.forEach(function (fold) { fold.open = open; });
    label();
  });
  folds.forEach(function (fold) { fold.addEventListener('toggle', label); });
  label();
  document.querySelector('.bar').appendChild(toggle);
}

// What can be moved sideways can be reached by the keyboard.
document.querySelectorAll('pre, .output, table, .math, math').forEach(function (box) {
  if (box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX === 'auto') box.setAttribute('tabindex', '0');
});

// Charts take the page's colours. On a narrow screen their legend, which would cover the title, stands below.
var narrow = window.matchMedia('(max-width: 40rem)');
var dark = window.matchMedia('(prefers-color-scheme: dark)');
function dress(chart) {
  var style = getComputedStyle(document.documentElement);
  function colour(name) { return style.getPropertyValue(name).trim(); }
  var was = chart.dataset.layout ? JSON.parse(chart.dataset.layout) : {
    height: chart.layout.height, top: (chart.layout.margin || {}).t, bottom: (chart.layout.margin || {}).b, legend: chart.layout.legend || {},
    title: ((chart.layout.title || {}).text) || ''
  };
  chart.dataset.layout = JSON.stringify(was);
  var change = {
    paper_bgcolor: colour('--paper'), plot_bgcolor: colour('--paper'), 'font.color': colour('--ink'),
    'xaxis.gridcolor': colour('--line'), 'yaxis.gridcolor': colour('--line'), 'modebar.bgcolor': colour('--paper'), 'modebar.color': colour('--soft'),
    legend: was.legend, height: was.height, 'margin.t': was.top, 'margin.b': was.bottom, 'title.text': was.title
  };
  if (narrow.matches) {
    var rows = chart._fullLayout.showlegend ? chart.data.length : 0;
    change.legend = { orientation: 'v', x: 0, xref: 'container', xanchor: 'left', y: 0, yref: 'container', yanchor: 'bottom' };
    change.height = was.height + 20 * rows - (rows ? 22 : 0);
    change['margin.t'] = 62;
    change['margin.b'] = (was.bottom || 48) + 20 * rows;
    change['title.text'] = broken(was.title, Math.floor(chart.clientWidth / 8.2));
  }
  Plotly.relayout(chart, change);
}

// A title in lines of at most so many letters.
function broken(text, most) {
  return text.split(' ').reduce(function (lines, word) {
    var last = lines[lines.length - 1];
    if (last && last.length + word.length < most) lines[lines.length - 1] = last + ' ' + word; else lines.push(word);
    return lines;
  }, []).join('<br>');
}

function dressAll() { document.querySelectorAll('.js-plotly-plot').forEach(dress); }
window.addEventListener('load', function () { if (window.Plotly) dressAll(); });
[narrow, dark].forEach(function (query) { query.addEventListener('change', dressAll); });

// The search of all pages. Its files are loaded when it is first used.
var pages = document.getElementById('pages');
if (pages) {
  var search = document.createElement('div');
  search.className = 'search';
  search.setAttribute('role', 'search');
  search.innerHTML = '<input type="search" placeholder="Search all pages" aria-label="Search all pages" autocomplete="off"><p role="status" hidden></p><ol></ol>';
  pages.insertBefore(search, pages.firstChild);
  var input = search.firstChild;
  var found = null;
  input.addEventListener('focus', load);
  input.addEventListener('input', function () { load().then(show); });

  function load() {
    found = found || script('assets/minisearch.js').then(function () { return script('assets/search-index.js'); }).then(function () {
      var index = new MiniSearch({ fields: ['heading', 'title', 'text'], storeFields: ['page', 'anchor', 'title', 'heading', 'text'] });
      index.addAll(searchIndex);
      return index;
    });
    return found;
  }

  function script(address) {
    return new Promise(function (resolve, reject) {
      var element = document.createElement('script');
      element.onload = resolve;
      element.onerror = reject;
      element.src = address;
      document.head.appendChild(element);
    });
  }

  function show(index) {
    var hits = input.value.trim() ? index.search(input.value, { prefix: true, combineWith: 'AND', boost: { heading: 3, title: 2 } }).slice(0, 12) : [];
    var status = search.querySelector('[role="status"]');
    status.hidden = !input.value.trim() || hits.length > 0;
    status.textContent = status.hidden ? '' : 'Nothing found.';
    search.querySelector('ol').replaceChildren.apply(search.querySelector('ol'), hits.map(function (hit) {
      var item = document.createElement('li');
      var link = item.appendChild(document.createElement('a'));
      link.href = encodeURIComponent(hit.page) + (hit.anchor ? '#' + encodeURIComponent(hit.anchor) : '');
      link.append(hit.heading || hit.title);
      var context = link.appendChild(document.createElement('small'));
      excerpt(hit.text, hit.terms).forEach(function (part) { context.append(part); });
      return item;
    }));
  }

  // The text around the first term, with all terms marked.
  function excerpt(text, terms) {
    var lower = text.toLowerCase();
    var places = terms.map(function (term) { return lower.indexOf(term); }).filter(function (place) { return place >= 0; });
    var start = places.length ? Math.max(0, Math.min.apply(null, places) - 40) : 0;
    var cut = (start ? '\u2026 ' : '') + text.slice(start, start + 120) + (text.length > start + 120 ? ' \u2026' : '');
    var pattern = new RegExp('(' + terms.map(function (term) { return term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'); }).join('|') + ')', 'gi');
    return cut.split(pattern).map(function (part, i) {
      if (i % 2 === 0) return part;
      var mark = document.createElement('mark');
      mark.textContent = part;
      return mark;
    });
  }

  document.addEventListener('keydown', function (event) {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    if (getComputedStyle(pages).display === 'none') pages.showPopover();
    input.focus();
  });
}
