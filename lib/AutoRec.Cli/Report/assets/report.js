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
