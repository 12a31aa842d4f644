"""HL7 v2 over MLLP: the wire of it. What messages say is read in monitoring.readers."""
