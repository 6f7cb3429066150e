"""AdderSR (Song et al., CVPR 2021, arXiv 2009.08891): train, quantise, export."""
