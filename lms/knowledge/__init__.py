"""商品: what the shops sell, with the facts that agents are asked about. SOP entries and scripts join it later."""
