// On GitHub, links to notebooks lead to the notebooks; here they lead to their pages.
exports.preTransform = function (model) {
  model.conceptual = model.conceptual.replace(/(href="[^":]*)\.ipynb(["#])/g, '$1.html$2');
  return model;
};

exports.postTransform = function (model) {
  return model;
};
