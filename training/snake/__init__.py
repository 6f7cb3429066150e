"""Deep Snake (Peng et al., CVPR 2020, arXiv 2001.01629) with a point-wise matte: train, evaluate, export."""
